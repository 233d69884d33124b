import AmbassadorCore
import NIOCore

extension APIKeyRecord {
    /// Reads one element of `keys`; see ``APIKeyList/init(json:)``.
    init(json value: JSONValue) throws(InvalidValue) {
        let members = try APIKeyMembers(
            value,
            known: ["id", "name", "sha256", "tenant", "permissions", "created_at", "expires_at", "revoked_at"]
        )
        self.id = try members.value("id", "8 of 0-9 a-z") { APIKeyID($0.bytes) }
        self.name = try members.value("name", "1 to 64 of A-Z a-z 0-9 . _ @ -") { name in
            Self.isName(name.bytes) ? name.text : nil
        }
        self.digest = try members.value("sha256", "64 lower-case hexadecimal digits") { APIKeyDigest(hex: $0.bytes) }
        // It must be said that a key has no tenant: one that is forgotten would open all of them.
        guard members["tenant"] != nil else { throw InvalidValue("has no tenant; write null for a key without one") }
        self.tenant = try members.optional("tenant", "a tenant's name or null") { TenantID($0.bytes) }
        self.permissions = try Self.permissions(members["permissions"])
        self.createdAt = try members.value("created_at", Self.momentHint) { Timestamp(rfc3339: Array($0.bytes)) }
        self.expiresAt = try members.optional("expires_at", Self.momentHint) { Timestamp(rfc3339: Array($0.bytes)) }
        self.revokedAt = try members.optional("revoked_at", Self.momentHint) { Timestamp(rfc3339: Array($0.bytes)) }
    }

    private static let momentHint = "a time such as 2026-11-22T20:11:46.123Z"

    private static func permissions(_ value: JSONValue?) throws(InvalidValue) -> Permissions {
        guard let elements = value?.array, (1...Permissions.grantsMax).contains(elements.count) else {
            throw InvalidValue("has no permissions that are an array of 1 to \(Permissions.grantsMax) texts")
        }
        var grants: [Permissions.Grant] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.string else {
                throw InvalidValue("has permissions[\(index)] that is not a text but \(element.kindWithArticle)")
            }
            do throws(InvalidValue) {
                grants.append(try Permissions.Grant(text.text))
            } catch {
                throw InvalidValue("has permissions[\(index)] that \(error.reason)")
            }
        }
        return Permissions(grants)
    }

    /// Appends the record as ``init(json:)`` reads it.
    func writeJSON(into document: inout ByteBuffer) {
        let permissions = self.permissions.grants.map { Self.quoted($0.description) }.joined(separator: ",")
        let members: [(String, String)] = [
            ("id", Self.quoted(self.id.description)), ("name", Self.quoted(self.name)),
            ("sha256", Self.quoted(self.digest.description)),
            ("tenant", self.tenant.map { Self.quoted($0.description) } ?? "null"),
            ("permissions", "[\(permissions)]"), ("created_at", Self.quoted(self.createdAt.iso8601)),
            ("expires_at", self.expiresAt.map { Self.quoted($0.iso8601) } ?? "null"),
            ("revoked_at", self.revokedAt.map { Self.quoted($0.iso8601) } ?? "null"),
        ]
        document.writeString("{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
    }

    /// A text in quotes; all that a record holds is printable ASCII without quotes and backslashes, by its types.
    private static func quoted(_ text: String) -> String {
        "\"\(text)\""
    }
}
