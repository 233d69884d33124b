import AmbassadorCore
import AmbassadorTesting
import Foundation
import NIOCore
import Testing

@testable import AmbassadorIdentity

@Suite("The file of API keys")
struct APIKeyFileTests {
    @Test("the first key makes the file, for its owner alone; the second is added to it")
    func update() throws {
        let folder = try KeyFolder()
        #expect(throws: APIKeyFileError.missing(path: folder.file.path)) { try folder.file.read() }
        let first = try folder.add("a", seed: 1)
        let second = try folder.add("b", seed: 2)
        #expect(try folder.file.read().records.map(\.id) == [first.id, second.id])
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try folder.names == ["keys.json", "keys.json.lock"])
    }

    @Test("a change that is refused leaves the file as it was")
    func refused() throws {
        let folder = try KeyFolder()
        _ = try folder.add("a", seed: 1)
        let before = try folder.file.contents()
        #expect(throws: APIKeyFileError.self) { try folder.add("not a name", seed: 2) }
        let after = try folder.file.contents()
        #expect(after.bytes == before.bytes && after.mark == before.mark)
    }

    @Test("a change to a file that cannot be read is refused, and the file is not overwritten")
    func broken() throws {
        let folder = try KeyFolder()
        try folder.write("{}")
        let error = #expect(throws: APIKeyFileError.self) { try folder.add("a", seed: 1) }
        #expect(error?.description.contains(folder.file.path) == true)
        #expect(try String(contentsOfFile: folder.file.path, encoding: .utf8) == "{}")
    }

    @Test("a file that others may use is refused", arguments: [0o604, 0o620, 0o660, 0o601, 0o644, 0o666])
    func mode(_ mode: Int) throws {
        let folder = try KeyFolder()
        _ = try folder.add("a", seed: 1)
        try folder.setMode(mode)
        let error = #expect(throws: APIKeyFileError.self) { try folder.file.read() }
        #expect(error?.description.contains("chmod 600") == true)
        try folder.setMode(0o400)
        #expect(try folder.file.read().records.count == 1)
    }

    @Test(
        "a file that a group may read is root's, and stays the group's when it is changed",
        arguments: [0o640, 0o440]
    )
    func group(_ mode: Int) throws {
        let folder = try KeyFolder()
        _ = try folder.add("a", seed: 1)
        try folder.setMode(mode)
        guard geteuid() == 0 else {
            #expect(throws: APIKeyFileError.self) { try folder.file.read() }
            return
        }
        #expect(try folder.file.read().records.count == 1)
        _ = try folder.add("b", seed: 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try folder.file.read().records.count == 2)
    }

    @Test("a folder, a pipe and a file that is too large are refused, and none of them is waited for")
    func kinds() throws {
        let folder = try KeyFolder()
        #expect(throws: APIKeyFileError.self) { try APIKeyFile(folder.path).read() }
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: APIKeyFileError.unusable(path: pipe, reason: "is not a regular file")) {
            try APIKeyFile(pipe).read()
        }
        try folder.write(String(repeating: " ", count: APIKeyFile.bytesMax + 1))
        #expect(throws: folder.file.tooLarge) { try folder.file.read() }
        #expect(throws: APIKeyFileError.self) { try APIKeyFile(folder.path + "/no/such/folder").read() }
        #expect(throws: APIKeyFileError.self) {
            try APIKeyFile(folder.path + "/no/file").update { list throws(APIKeyFileError) in list.records.count }
        }
    }

    @Test("a link stays a link, and what it leads to is changed")
    func link() throws {
        let folder = try KeyFolder()
        _ = try folder.add("a", seed: 1)
        let link = folder.path + "/link.json"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.file.path)
        let key = try APIKeyFile(link).add("b", seed: 2)
        #expect(try folder.file.read().records.last?.id == key.id)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == folder.file.path)
        #expect(try folder.names == ["keys.json", "keys.json.lock", "link.json"])
    }

    @Test("what a command left behind when it died is no obstacle")
    func leftovers() throws {
        let folder = try KeyFolder()
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder.file.path + ".tmp"))
        _ = try folder.add("a", seed: 1)
        #expect(try folder.file.read().records.count == 1)
        #expect(try folder.names == ["keys.json", "keys.json.lock"])
    }

    @Test("commands at once lose none of each other's keys")
    func concurrent() async throws {
        let folder = try KeyFolder()
        let file = folder.file
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 1...40 as ClosedRange<UInt64> {
                tasks.addTask { _ = try file.add("key\(number)", seed: number) }
            }
            try await tasks.waitForAll()
        }
        #expect(Set(try file.read().records.map(\.name)).count == 40)
    }
}

extension KeyFolder {
    func add(_ name: String, seed: UInt64) throws -> APIKey {
        try self.file.add(name, seed: seed)
    }
}

extension APIKeyFile {
    /// Adds a key of tenant acme that may run everything.
    func add(_ name: String, seed: UInt64) throws -> APIKey {
        var generator = SeededGenerator(seed: seed)
        return try self.update { list throws(APIKeyFileError) in
            try list.add(
                name: name,
                tenant: TenantID("acme".utf8),
                permissions: Permissions([Permissions.Grant(.run)]),
                expiresAt: nil,
                at: dawn,
                using: &generator
            )
        }
    }
}
