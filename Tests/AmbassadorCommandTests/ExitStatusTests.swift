import ArgumentParser
import Foundation
import Testing

@testable import ambassador

/// What a command ends with, and that `config check` ends as `serve` would.
@Suite struct ExitStatusTests {
    @Test("config check reads the files that serve would read")
    func configCheck() throws {
        let folder = try TemporaryFolder()
        let output = RecordedOutput()
        func check(_ yaml: String) throws {
            try ConfigCheckCommand.parse([]).execute(try load(yaml), to: output, warningsTo: RecordedOutput())
        }
        let store = "store: {path: \(folder.path)/a.db}"
        try check(store)
        #expect(output.text.hasPrefix("OK: "))
        let errors = #expect(throws: ConfigurationErrors.self) {
            try check("auth: {mode: api_keys, keys_file: \(folder.path)/none}\nstore: {path: \(folder.path)/none/a.db}")
        }
        #expect(errors?.errors.map(\.key) == ["auth.keys_file", "store.path"])
    }

    @Test("configuration errors end with status 78, others with 1")
    func exitStatus() async throws {
        let output = RecordedOutput()
        let error = ConfigurationError(origin: .flag("--ttl"), key: "defaults.ttl", reason: "is bad")
        let configuration = await #expect(throws: ExitCode.self) {
            try await reporting(to: output) { throw ConfigurationErrors(errors: [error]) }
        }
        #expect(configuration?.rawValue == 78)
        let failure = await #expect(throws: ExitCode.self) {
            try await reporting(to: output) { throw CommandFailure("no") }
        }
        #expect(failure?.rawValue == 1)
        #expect(output.text == "flag --ttl: defaults.ttl: is bad\nerror: no\n")
    }
}
