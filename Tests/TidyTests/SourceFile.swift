import Foundation

/// A file of the repository, as text and as code.
struct SourceFile {
    /// From the repository's root, such as `Sources/AmbassadorCore/Request.swift`.
    let path: String
    /// The lines as they stand.
    let lines: [String]
    /// The same lines, comments and the insides of string literals replaced by spaces.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        self.lines = text.components(separatedBy: "\n")
        self.code = CodeText.blankingCommentsAndStrings(of: text).components(separatedBy: "\n")
    }

    /// The number of lines, as `wc -l` counts them.
    var lineCount: Int { self.lines.last == "" ? self.lines.count - 1 : self.lines.count }

    /// The second part of the path: the target, for a file below `Sources/`.
    var target: String {
        let parts = self.path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    func isIn(_ folder: String) -> Bool { self.path.hasPrefix(folder + "/") }
}

/// The repository in which these tests were compiled.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: self.root.appending(path: path), encoding: .utf8)
    }

    /// The Swift files below the folder, in the order of their paths.
    static func swiftFiles(in folder: String) throws -> [SourceFile] {
        try self.paths(in: folder)
            .filter { $0.hasSuffix(".swift") }
            .map { SourceFile(path: $0, text: try self.text($0)) }
    }

    /// The files below the folder, as paths from the root.
    static func paths(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: self.root.appending(path: folder).path)
            .map { "\(folder)/\($0)" }
            .sorted()
    }
}

/// A place that breaks a rule.
struct Violation: Equatable, CustomStringConvertible {
    let path: String
    /// Counted from one.
    let line: Int
    let rule: String

    var description: String { "\(self.path):\(self.line): \(self.rule)" }
}
