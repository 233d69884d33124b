import AmbassadorCore
import AmbassadorIdentity
import AmbassadorTesting
import ArgumentParser
import Foundation
import Testing

@testable import ambassador

@Suite struct KeysCommandTests {
    private static let now = Timestamp(milliseconds: 1_767_225_600_000)

    /// Runs `keys create` with arguments; what it writes, and its notes.
    private func create(
        _ file: APIKeyFile,
        _ arguments: [String],
        seed: UInt64 = 1
    ) throws -> (key: String, notes: String) {
        let (output, notes) = (RecordedOutput(), RecordedOutput())
        var generator = SeededGenerator(seed: seed)
        try KeysCreateCommand.parse(arguments)
            .execute(file, at: Self.now, using: &generator, to: output, notesTo: notes)
        return (output.text, notes.text)
    }

    @Test("create writes the key alone on standard output, and what it is beside it; the key works")
    func create() throws {
        let folder = try TemporaryFolder()
        let file = APIKeyFile(folder.path + "/keys.json")
        let arguments = ["--tenant", "acme", "--name", "ci", "--flows", "faq_*,summary", "--expires-in", "90d"]
        let made = try self.create(file, arguments)
        let key = try #require(APIKey(Secret(String(made.key.dropLast()))))
        #expect(made.key == key.secret.revealed + "\n")
        #expect(!made.notes.contains(key.secret.revealed))
        for word in [key.id.description, "ci", "acme", "run:faq_*, run:summary", "2026-04-01T00:00:00.000Z"] {
            #expect(made.notes.contains(word), "\(word)")
        }
        let verdict = APIKeyAuthenticator(try file.read()).authenticate(.apiKey(key.secret), at: Self.now)
        guard case .accepted(let caller) = verdict else {
            Issue.record("the key was not accepted")
            return
        }
        #expect(caller.principal == "ci" && caller.tenant?.description == "acme")
    }

    @Test(
        "what a key may do is each action on each flow and the single permissions, each once",
        arguments: [
            (["--flows", "a,b"], "run:a run:b"), (["--actions", "run,refresh"], "run:* refresh:*"),
            (["--flows", "a", "--actions", "run,refresh"], "run:a refresh:a"),
            (["--permission", "admin:read"], "admin:read"),
            (["--flows", "a", "--permission", "run:a", "--permission", "admin:purge"], "run:a admin:purge"),
        ]
    )
    func grants(_ arguments: [String], _ expected: String) throws {
        let command = try KeysCreateCommand.parse(["--tenant", "acme", "--name", "ci"] + arguments)
        let grants = try command.grants.permissions().grants.map(\.description)
        #expect(grants.joined(separator: " ") == expected)
    }

    @Test(
        "wrong usage is refused",
        arguments: [
            ["create", "--name", "ci", "--flows", "a"], ["create", "--tenant", "acme", "--flows", "a"],
            ["create", "--tenant", "acme", "--no-tenant", "--name", "ci", "--flows", "a"],
            ["create", "--tenant", "acme", "--name", "ci"],
            ["create", "--tenant", "Acme", "--name", "ci", "--flows", "a"],
            ["create", "--tenant", "acme", "--name", "c i", "--flows", "a"],
            ["create", "--tenant", "acme", "--name", "ci", "--flows", "a,"],
            ["create", "--tenant", "acme", "--name", "ci", "--actions", "admin:read"],
            ["create", "--tenant", "acme", "--name", "ci", "--permission", "walk"],
            ["create", "--tenant", "acme", "--name", "ci", "--flows", "a", "--expires-in", "0s"],
            ["create", "--tenant", "acme", "--name", "ci", "--flows", "a", "--expires-in", "11y"],
            ["create", "--tenant", "acme", "--name", "ci", "--flows", "a", "--expires-in", "3661d"],
            ["revoke"], ["revoke", "ABCDEFGH"], ["list", "--format", "yaml"],
        ]
    )
    func usage(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try AmbassadorCommand.parseAsRoot(["keys"] + arguments) }
    }

    @Test("list shows every key and its state, and of its digest eight digits")
    func list() throws {
        let folder = try TemporaryFolder()
        let file = APIKeyFile(folder.path + "/keys.json")
        _ = try self.create(
            file,
            ["--tenant", "acme", "--name", "ci", "--flows", "faq", "--expires-in", "1s"],
            seed: 1
        )
        _ = try self.create(file, ["--no-tenant", "--name", "ops", "--permission", "admin:read"], seed: 2)
        let records = try file.read().records
        let output = RecordedOutput()
        let later = Self.now.advanced(by: .seconds(1))
        try KeysListCommand.parse(["--format", "csv"]).execute(file, at: later, to: output)
        let lines = output.text.split(separator: "\r\n")
        #expect(lines.first == "id,tenant,name,state,permissions,created_at,expires_at,revoked_at,sha256")
        let made = "2026-01-01T00:00:00.000Z"
        #expect(
            lines.dropFirst() == [
                "\(records[0].id),acme,ci,expired,run:faq,\(made),2026-01-01T00:00:01.000Z,,\("\(records[0].digest)".prefix(8))",
                "\(records[1].id),,ops,live,admin:read,\(made),,,\("\(records[1].digest)".prefix(8))",
            ]
        )
        #expect(throws: APIKeyFileError.self) {
            try KeysListCommand.parse([]).execute(APIKeyFile(folder.path + "/none"), at: later, to: output)
        }
    }

    @Test("revoke ends a key, again says when it ended, and an id that is not there is an error")
    func revoke() throws {
        let folder = try TemporaryFolder()
        let file = APIKeyFile(folder.path + "/keys.json")
        _ = try self.create(file, ["--tenant", "acme", "--name", "ci", "--flows", "faq"])
        let id = try #require(try file.read().records.first?.id.description)
        let output = RecordedOutput()
        try KeysRevokeCommand.parse([id]).execute(file, at: Self.now, to: output)
        try KeysRevokeCommand.parse([id]).execute(file, at: Self.now.advanced(by: .seconds(1)), to: output)
        let line = "revoked \(id) of ci, tenant acme, at 2026-01-01T00:00:00.000Z\n"
        #expect(output.text == line + line)
        #expect(throws: CommandFailure.self) {
            try KeysRevokeCommand.parse(["00000000"]).execute(file, at: Self.now, to: output)
        }
    }

    @Test(
        "a key that could not be written is revoked again, whatever was wrong",
        arguments: [OutputError.closed, .failed(28)]
    )
    func unwritten(_ error: OutputError) throws {
        let folder = try TemporaryFolder()
        let file = APIKeyFile(folder.path + "/keys.json")
        var generator = SeededGenerator(seed: 1)
        let notes = RecordedOutput()
        let command = try KeysCreateCommand.parse(["--tenant", "acme", "--name", "ci", "--flows", "faq"])
        let failure = #expect(throws: CommandFailure.self) {
            try command.execute(file, at: Self.now, using: &generator, to: BrokenOutput(error: error), notesTo: notes)
        }
        let key = try #require(try file.read().records.first)
        #expect(key.state(at: Self.now).rawValue == "revoked")
        #expect(failure?.description == "\(error); the key \(key.id) was made and is revoked again")
        #expect(notes.text.isEmpty)
    }

    @Test("every keys command has help with examples and its exit status")
    func help() {
        let commands: [any ParsableCommand.Type] = [
            KeysCreateCommand.self, KeysListCommand.self, KeysRevokeCommand.self,
        ]
        for command in commands {
            let text = AmbassadorCommand.helpMessage(for: command)
            #expect(text.contains("EXIT STATUS") && text.contains("EXAMPLES"), "\(command)")
        }
    }

    @Test("the file of the keys is the one that is named, else the default")
    func file() throws {
        #expect(try KeysListCommand.parse([]).keys.file().path == "ambassador-keys.json")
        #expect(try KeysListCommand.parse(["--keys-file", "k"]).keys.file().path == "k")
    }
}
