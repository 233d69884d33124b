import Testing

/// A rule that cannot fail holds nothing: each is shown samples that break it and samples that do not.
@Suite("The rules can fail")
struct RuleTests {
    private func file(_ text: String, at path: String = "Sources/AmbassadorHTTP/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        "comments and strings are no code",
        arguments: [
            ("a // try!", "a        "),
            ("a /* x /* y */ z */ b", "a                   b"),
            (#"a "try!" b"#, #"a "    " b"#),
            (#"a "\"{" b"#, #"a "   " b"#),
            (##"a #"\"# b"##, ##"a #" "# b"##),
            (#"a "\(f("x"))" b"#, #"a " (f(" "))" b"#),
            ("a \"\"\"\n{\n\"\"\" b", "a \"\"\"\n \n\"\"\" b"),
            ("\"//\" b", "\"  \" b"),
            ("a / b", "a / b"),
        ]
    )
    func blanking(text: String, expected: String) {
        #expect(CodeText.blankingCommentsAndStrings(of: text) == expected)
    }

    @Test("a file may have 400 lines and not 401", arguments: [(400, 0), (401, 1)])
    func fileLength(lines: Int, violations: Int) {
        let text = String(repeating: "let a = 1\n", count: lines)
        #expect(LengthRules.violations(in: self.file(text)).count == violations)
    }

    @Test(
        "a function may have 70 lines and not 71",
        arguments: [
            "func a(b: Int = c(1)) async throws -> [Int] {", "init?(a: Int) {", "init<T>(_ a: T) where T: B {",
            "deinit {",
        ]
    )
    func functionLength(head: String) {
        func sample(_ lines: Int) -> SourceFile {
            self.file("struct S {\n\(head)\n" + String(repeating: "if x { y() }\n", count: lines - 2) + "}\n}\n")
        }
        #expect(LengthRules.violations(in: sample(70)).isEmpty)
        #expect(LengthRules.violations(in: sample(71)).map(\.line) == [2])
    }

    @Test("only what has a body is a function, and strings hold no braces")
    func functions() {
        let text = #"""
            protocol P {
                func a() -> Int
                init(b: Int)
            }
            struct S: P {
                init(b: Int) { self.init(c: "}{") }
                func a() -> Int {
                    let make = S.init(b:)
                    func inner() {}
                    return 1 // }
                }
            }
            """#
        let found = LengthRules.functions(in: self.file(text))
        #expect(found.map(\.firstLine) == [6, 7, 9])
        #expect(found.map(\.lineCount) == [1, 5, 1])
    }

    @Test(
        "an import against the table is found",
        arguments: [
            ("Sources/AmbassadorCore/A.swift", "import NIOPosix"),
            ("Sources/AmbassadorCore/A.swift", "package import Foundation"),
            ("Sources/AmbassadorCore/A.swift", "import AmbassadorHTTP"),
            ("Sources/AmbassadorCore/Time/Clocks.swift", "import Foundation"),
            ("Sources/AmbassadorHTTP/A.swift", "import AmbassadorSQLite"),
            ("Sources/AmbassadorHTTP/A.swift", "package import struct AmbassadorRedis.RedisConfiguration"),
            ("Sources/AmbassadorSQLite/A.swift", "import CSQLite"),
            ("Sources/AmbassadorSQLite/EngineRoom/A.swift", "import CSQLite"),
            ("Sources/AmbassadorRedis/A.swift", "@preconcurrency import CHiredis"),
            ("Sources/AmbassadorAdmin/A.swift", "import Yams"),
            ("Sources/AmbassadorHTTP/A.swift", "import ArgumentParser"),
            ("Sources/AmbassadorHTTP/A.swift", "@testable import ambassador"),
            ("Sources/ambassador/A.swift", "import AmbassadorTesting"),
            ("Sources/AmbassadorTesting/A.swift", "import AmbassadorSQLite"),
        ]
    )
    func badImport(path: String, text: String) {
        #expect(ImportRules.violations(in: self.file("\n" + text, at: path)).map(\.line) == [2])
    }

    @Test(
        "an import that the table allows is left alone",
        arguments: [
            ("Sources/AmbassadorCore/A.swift", "package import NIOCore"),
            ("Sources/AmbassadorCore/Time/Clocks.swift", "import Glibc"),
            ("Sources/AmbassadorHTTP/A.swift", "import AmbassadorCore"),
            ("Sources/AmbassadorHTTP/A.swift", "// import AmbassadorSQLite"),
            ("Sources/AmbassadorSQLite/Engine/A.swift", "import CSQLite"),
            ("Sources/AmbassadorRedis/Hiredis/A.swift", "import CHiredis"),
            ("Sources/ambassador/Configuration/A.swift", "import Yams"),
            ("Sources/ambassador/A.swift", "import AmbassadorSQLite"),
        ]
    )
    func goodImport(path: String, text: String) {
        #expect(ImportRules.violations(in: self.file(text, at: path)) == [])
    }

    @Test(
        "a banned word is found",
        arguments: [
            "print(x)", "Swift.print(x)", "let a = try! b()", "fatalError(\"a\")", "let a = Date()", "Task.detached {}",
            "// TO" + "DO: later", "// FIX" + "ME", "\"\\(print(x))\"",
            "struct A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
            "// Safe because it is.\n\n\n\nstruct A: @unchecked Sendable {}",
        ]
    )
    func bannedWord(text: String) {
        #expect(WordRules.violations(in: self.file(text)).count == 1)
    }

    @Test(
        "what only looks like a banned word is left alone",
        arguments: [
            "debugPrint(x)", "fingerprint(x)", "// print(x)", "\"try!\"", "try? b()", "HTTPDate()", "Date(x)",
            "let a = \"fatalError(\"", "myTODOs", "// Safe because it is.\nstruct A: @unchecked Sendable {}",
            "// Safe because\n// of two\n// lines.\nnonisolated(unsafe) var a = 1",
        ]
    )
    func allowedWord(text: String) {
        #expect(WordRules.violations(in: self.file(text)) == [])
    }

    @Test("what is printed for people has its places")
    func printing() {
        #expect(WordRules.violations(in: self.file("print(x)", at: "Sources/ambassador/Output/A.swift")) == [])
        #expect(WordRules.violations(in: self.file("Date()", at: "Sources/ambassador/A.swift")) == [])
        #expect(WordRules.violations(in: self.file("print(x)", at: "Sources/ambassador/A.swift")).count == 1)
    }

    @Test("the list of migrations is read from the manifest")
    func migrations() throws {
        let manifest = "let a = [\"no\"]\nlet migrations = [\n    \"0001_a\",\n    \"0003_b\",\n]\nlet c = [\"d\"]"
        let listed = try MigrationRules.listed(inManifest: manifest)
        #expect(listed == ["0001_a", "0003_b"])
        #expect(MigrationRules.numbers(of: listed + ["c"]) == [1, 3, 0])
        #expect(throws: MigrationRules.NoList.self) { try MigrationRules.listed(inManifest: "let other = []") }
    }
}
