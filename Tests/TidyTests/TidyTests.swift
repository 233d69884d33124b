import Foundation
import Testing

@Suite("The repository keeps its own rules")
struct TidyTests {
    private let sources: [SourceFile]

    init() throws {
        self.sources = try Repository.swiftFiles(in: "Sources")
    }

    @Test("there are sources to look at, and all can be read as code")
    func sourcesAreFound() {
        #expect(self.sources.count > 20)
        #expect(self.sources.allSatisfy { $0.lines.count == $0.code.count })
        #expect(self.sources.flatMap(LengthRules.functions).count > 50)
    }

    @Test("no file has over 400 lines, no function over 70")
    func lengths() {
        #expect(self.sources.flatMap(LengthRules.violations) == [])
    }

    @Test("the functions of tests are short too")
    func lengthsOfTests() throws {
        #expect(try Repository.swiftFiles(in: "Tests").flatMap(LengthRules.violations) == [])
    }

    @Test("imports follow the table")
    func imports() {
        #expect(self.sources.flatMap(ImportRules.violations) == [])
    }

    @Test("nothing banned is called, nothing is left unfinished, every unsafe claim has its proof")
    func words() {
        #expect(self.sources.flatMap(WordRules.violations) == [])
    }

    @Test("the migrations of Package.swift are the files of migrations/, in order")
    func migrations() throws {
        let files = try Repository.paths(in: "migrations")
        let listed = try MigrationRules.listed(inManifest: Repository.text("Package.swift"))
        #expect(!listed.isEmpty)
        #expect(files == listed.map { "migrations/\($0).sql" })
        #expect(MigrationRules.numbers(of: listed) == Array(1...listed.count))
    }
}
