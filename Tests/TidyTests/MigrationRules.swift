import Foundation

/// The migrations as Package.swift lists them.
enum MigrationRules {
    struct NoList: Error {}

    /// The names between `let migrations = [` and `]`.
    static func listed(inManifest manifest: String) throws -> [String] {
        guard let start = manifest.range(of: "let migrations = ["),
            let end = manifest.range(of: "]", range: start.upperBound..<manifest.endIndex)
        else { throw NoList() }
        return manifest[start.upperBound..<end.lowerBound].split(separator: "\"").map(String.init)
            .filter { $0.contains { $0.isLetter } }
    }

    /// The numbers with which the names begin; zero where one begins with none.
    static func numbers(of names: [String]) -> [Int] {
        names.map { Int($0.prefix { $0.isNumber }) ?? 0 }
    }
}
