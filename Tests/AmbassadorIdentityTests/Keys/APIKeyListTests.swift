import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorIdentity

@Suite("The list of API keys")
struct APIKeyListTests {
    private static let later = dawn.advanced(by: .seconds(60))

    @Test("two keys of one name and tenant may live, a third may not until one is revoked or expired")
    func rotation() throws {
        var list = APIKeyList()
        let first = try list.add(seed: 1)
        _ = try list.add(expiresAt: Self.later, seed: 2)
        let error = #expect(throws: APIKeyFileError.self) { try list.add(seed: 3) }
        #expect(error?.description.contains(first.id.description) == true)
        #expect(list.records.count == 2)
        _ = try list.add(tenant: "other", seed: 4)
        _ = try list.add(tenant: nil, seed: 5)
        _ = try list.add("CI", seed: 6)
        // The second one has expired.
        _ = try list.add(at: Self.later, seed: 7)
        _ = try list.revoke(first.id, at: Self.later)
        _ = try list.add(at: Self.later, seed: 8)
        #expect(list.records.count == 7)
    }

    @Test("a key that cannot be is refused, with a reason, and the list stays as it is")
    func refused() throws {
        var list = APIKeyList()
        for name in ["", "a b", "ä", "a/b", "a\"b", String(repeating: "a", count: 65)] {
            #expect(throws: APIKeyFileError.self, "\(name)") { try list.add(name) }
        }
        #expect(throws: APIKeyFileError.self) { try list.add(permissions: []) }
        let many = Array(repeating: Permissions.Grant(.run), count: Permissions.grantsMax + 1)
        #expect(throws: APIKeyFileError.self) { try list.add(permissions: many) }
        #expect(throws: APIKeyFileError.refused(reason: "would have expired already")) {
            try list.add(expiresAt: dawn)
        }
        #expect(list.records.isEmpty)
        _ = try list.add(String(repeating: "a", count: 64), expiresAt: Timestamp(milliseconds: dawn.milliseconds + 1))
    }

    @Test("an id that is taken is not given again")
    func uniqueIDs() throws {
        var list = APIKeyList()
        let one = try list.add("a", seed: 9)
        let other = try list.add("b", seed: 9)
        #expect(one.id != other.id)
    }

    @Test("ten thousand keys are the most")
    func countMax() throws {
        let sample = try #require(try Self.oneKey().records.first)
        var list = APIKeyList(records: Array(repeating: sample, count: APIKeyList.keysMax))
        #expect(throws: APIKeyFileError.self) { try list.add("other") }
        var almost = APIKeyList(records: Array(repeating: sample, count: APIKeyList.keysMax - 1))
        _ = try almost.add("other", seed: 2)
    }

    @Test("a key is revoked once; again changes nothing, and what is not there is refused")
    func revoke() throws {
        var list = APIKeyList()
        let key = try list.add()
        #expect(try list.revoke(key.id, at: Self.later).revokedAt == Self.later)
        #expect(try list.revoke(key.id, at: dawn).revokedAt == Self.later)
        #expect(list.records.first?.state(at: dawn) == .revoked)
        #expect(throws: APIKeyFileError.self) { try list.revoke(try #require(APIKeyID("00000000")), at: dawn) }
    }

    @Test("what is written reads back the same")
    func roundTrip() throws {
        var list = APIKeyList()
        let grants = try ["run:faq_*", "refresh", "admin:read"].map { try Permissions.Grant($0) }
        let key = try list.add(permissions: grants, expiresAt: Self.later, seed: 1)
        _ = try list.add("ops@example.org", tenant: nil, seed: 2)
        _ = try list.revoke(key.id, at: dawn)
        let read = try APIKeyList(json: list.json)
        #expect(read.json == list.json)
        let record = try #require(read.records.first)
        #expect(record.id == key.id && record.name == "ci" && record.tenant?.description == "acme")
        #expect(record.digest.matches(key.digest))
        #expect(record.permissions.grants == grants)
        #expect(record.createdAt == dawn && record.expiresAt == Self.later && record.revokedAt == dawn)
        #expect(read.records.last?.tenant == nil && read.records.last?.expiresAt == nil)
        #expect(!String(buffer: list.json).contains(key.secret.revealed))
    }

    @Test("an expiry or revocation that is null may be left out")
    func leftOut() throws {
        var text = String(buffer: try Self.oneKey().json)
        text.replace(#","expires_at":null,"revoked_at":null"#, with: "")
        #expect(try APIKeyList(json: ByteBuffer(string: text)).records.count == 1)
    }

    @Test(
        "every other file is refused, with the key and what is wrong with it",
        arguments: [
            (#""version":1"#, #""version":2"#, "version"), (#""version":1"#, #""version":"1""#, "version"),
            (#""keys":["#, #""keyz":["#, "keyz"), (#""keys":["#, #""keys":[1,"#, "keys[0] is not an object"),
            (#""id":"0a1b2c3d""#, #""id":"0A1B2C3D""#, "keys[0] (0A1B2C3D) has no id"),
            (#""id":"0a1b2c3d","#, "", "keys[0] has no id"),
            (#""name":"ci""#, #""name":"c i""#, "name"), (#""name":"ci""#, #""name":7"#, "name"),
            (#""sha256":"e"#, #""sha256":"E"#, "sha256"), (#""sha256":"e"#, #""sha256":""#, "sha256"),
            (#""tenant":"acme","#, "", "write null"), (#""tenant":"acme""#, #""tenant":"Acme""#, "tenant"),
            (#"["run:faq_*"]"#, "[]", "permissions"), (#"["run:faq_*"]"#, #""run""#, "permissions"),
            (#"["run:faq_*"]"#, #"["run",1]"#, "permissions[1]"),
            (#"["run:faq_*"]"#, #"["walk"]"#, "permissions[0] that is not a permission"),
            (#""created_at":"2026-01-01T00:00:00.000Z""#, #""created_at":"2026-02-30T00:00:00Z""#, "created_at"),
            (#""expires_at":null"#, #""expires_at":0"#, "expires_at"),
            (#""revoked_at":null"#, #""revoked":null"#, "\"revoked\" that is not known"),
            (#""revoked_at":null"#, #""revoked_at":null,"revoked_at":null"#, "duplicate"),
            ("]}", "]} x", "not JSON"), ("{", "[{", "JSON"),
        ]
    )
    func broken(_ part: String, _ replacement: String, _ complaint: String) throws {
        let text = """
            {"version":1,"keys":[
            {"id":"0a1b2c3d","name":"ci","sha256":"e\(String(repeating: "0", count: 63))","tenant":"acme",\
            "permissions":["run:faq_*"],"created_at":"2026-01-01T00:00:00.000Z","expires_at":null,"revoked_at":null}
            ]}
            """
        #expect(try APIKeyList(json: ByteBuffer(string: text)).records.count == 1)
        let changed = text.replacing(part, with: replacement, maxReplacements: 1)
        try #require(changed != text)
        let error = #expect(throws: InvalidValue.self) { try APIKeyList(json: ByteBuffer(string: changed)) }
        #expect(error?.reason.contains(complaint) == true, "\(error?.reason ?? "")")
    }

    @Test("two keys with one id are refused, and so are more keys than the most")
    func tooMany() throws {
        let sample = try #require(try Self.oneKey().records.first)
        let twice = #expect(throws: InvalidValue.self) {
            try APIKeyList(json: APIKeyList(records: [sample, sample]).json)
        }
        #expect(twice?.reason.contains("keys[1]") == true)
        let nulls = Array(repeating: "0", count: APIKeyList.keysMax + 1).joined(separator: ",")
        let many = #expect(throws: InvalidValue.self) {
            try APIKeyList(json: ByteBuffer(string: #"{"version":1,"keys":[\#(nulls)]}"#))
        }
        #expect(many?.reason.contains("10001 keys") == true)
    }

    private static func oneKey() throws -> APIKeyList {
        var list = APIKeyList()
        _ = try list.add()
        return list
    }
}
