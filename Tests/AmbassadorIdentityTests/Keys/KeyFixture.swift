import AmbassadorCore
import AmbassadorTesting
import Foundation
import Testing

@testable import AmbassadorIdentity

/// A folder of its own for the key file of one test.
final class KeyFolder {
    let path: String
    var file: APIKeyFile { APIKeyFile(self.path + "/keys.json") }

    init() throws {
        self.path = NSTemporaryDirectory() + "ambassador-keys-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit {
        // A folder that stays behind in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// Puts a text in the place of the file, readable for its owner alone unless told.
    func write(_ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self.file.path))
        try self.setMode(mode)
    }

    func setMode(_ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self.file.path)
    }

    /// The names of the files in the folder.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: self.path).sorted() }
    }
}

/// The moment at which the keys of the tests are made.
let dawn = Timestamp(milliseconds: 1_767_225_600_000)

extension APIKeyList {
    /// Adds a key that may run everything, unless told otherwise.
    mutating func add(
        _ name: String = "ci",
        tenant: String? = "acme",
        permissions: [Permissions.Grant] = [Permissions.Grant(.run)],
        expiresAt: Timestamp? = nil,
        at time: Timestamp = dawn,
        seed: UInt64 = 1
    ) throws -> APIKey {
        var generator = SeededGenerator(seed: seed)
        return try self.add(
            name: name,
            tenant: try tenant.map { try #require(TenantID($0.utf8)) },
            permissions: Permissions(permissions),
            expiresAt: expiresAt,
            at: time,
            using: &generator
        )
    }
}

extension Authentication {
    /// Why a credential was rejected; `nil` where it was not.
    var fault: CredentialFault? {
        guard case .rejected(let rejection) = self else { return nil }
        return rejection.fault
    }

    /// Who was accepted; `nil` where nobody was.
    var caller: Caller? {
        guard case .accepted(let caller) = self else { return nil }
        return caller
    }
}
