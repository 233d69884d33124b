/// Which target may import what: the arrows point one way, adapters do not know one another, and each C library, the
/// command line and YAML have one home.
enum ImportRules {
    /// All that the core may import: no I/O.
    static let core: Set<String> = [
        "Crypto", "DequeModule", "Logging", "Metrics", "NIOCore", "Synchronization",
    ]
    /// Files of the core that need more, and what.
    static let coreExceptions: [String: Set<String>] = [
        // The system's clocks.
        "Sources/AmbassadorCore/Time/Clocks.swift": ["Glibc", "Musl", "Darwin"],
        "Sources/AmbassadorCore/Identity/RandomPool.swift": ["Glibc", "Musl", "Darwin"],
        // Its threads.
        "Sources/AmbassadorCore/Waiting/DedicatedThread.swift": ["Glibc", "Musl", "Darwin"],
    ]
    static let adapters: Set<String> = [
        "AmbassadorSQLite", "AmbassadorRedis", "AmbassadorHTTP", "AmbassadorAdmin", "AmbassadorIdentity",
    ]
    static let executable = "ambassador"
    /// The only folders that may import a module.
    static let homes: [String: [String]] = [
        "CSQLite": ["Sources/AmbassadorSQLite/Engine"],
        "CHiredis": ["Sources/AmbassadorRedis/Hiredis"],
        "CProcess": ["Sources/ambassador/Process"],
        "ArgumentParser": ["Sources/ambassador"],
        "Yams": ["Sources/ambassador"],
    ]

    static func violations(in file: SourceFile) -> [Violation] {
        self.imports(of: file).compactMap { module, line in
            self.reason(against: module, in: file).map { Violation(path: file.path, line: line, rule: $0) }
        }
    }

    /// The imported modules and the lines that import them.
    static func imports(of file: SourceFile) -> [(module: String, line: Int)] {
        file.code.enumerated().compactMap { number, line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == ";" }).map(String.init)
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
            // Only attributes and access levels may stand before it.
            let levels: Set<String> = ["package", "internal", "public", "private", "fileprivate"]
            guard words[..<keyword].allSatisfy({ $0.hasPrefix("@") || levels.contains($0) }) else { return nil }
            // `import struct A.B` imports from A.
            let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[keyword + 1]) ? words.dropFirst(keyword + 2).first : words[keyword + 1]
            return name?.split(separator: ".").first.map { (String($0), number + 1) }
        }
    }

    private static func reason(against module: String, in file: SourceFile) -> String? {
        if let homes = self.homes[module], !homes.contains(where: file.isIn) {
            return "imports \(module), which only \(homes.joined(separator: " and ")) may"
        }
        if module == "AmbassadorTesting" || module == "Testing" {
            return "imports \(module), which is for tests"
        }
        if file.target == "AmbassadorCore" {
            let allowed = self.core.union(self.coreExceptions[file.path] ?? [])
            return allowed.contains(module) ? nil : "the core imports \(module), which is not in its list"
        }
        if self.adapters.contains(file.target), self.adapters.contains(module) || module == self.executable {
            return "\(file.target) imports \(module): adapters know the core alone"
        }
        if file.target == "AmbassadorTesting", self.adapters.contains(module) {
            return "AmbassadorTesting imports \(module): fakes know the core alone"
        }
        return nil
    }
}
