package import AmbassadorCore

/// What is kept of an API key: everything but the key.
package struct APIKeyRecord: Sendable {
    /// What a key is worth at a moment.
    package enum State: String, Sendable, CaseIterable {
        case live
        case expired
        case revoked
    }

    package let id: APIKeyID
    /// Who calls with it; two keys of one name and tenant are one principal.
    ///
    /// 1 to 64 bytes of `A-Z a-z 0-9 . _ @ -`; see ``isName(_:)``.
    package let name: String
    package let digest: APIKeyDigest
    /// Whose data it gives access to; `nil` for a key of an operator or gateway, which belongs to no tenant.
    package let tenant: TenantID?
    package let permissions: Permissions
    package let createdAt: Timestamp
    /// From this moment on it is worth nothing; `nil` means that it lasts.
    package let expiresAt: Timestamp?
    package let revokedAt: Timestamp?

    /// What the key is worth; one that is revoked stays so after it expired.
    package func state(at time: Timestamp) -> State {
        if self.revokedAt != nil { return .revoked }
        guard let expiresAt, expiresAt <= time else { return .live }
        return .expired
    }

    /// The same key, revoked.
    func revoked(at time: Timestamp) -> APIKeyRecord {
        APIKeyRecord(
            id: self.id,
            name: self.name,
            digest: self.digest,
            tenant: self.tenant,
            permissions: self.permissions,
            createdAt: self.createdAt,
            expiresAt: self.expiresAt,
            revokedAt: time
        )
    }

    /// Whether the bytes can be a key's name.
    package static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...64).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "._@-".utf8.contains(byte)
                }
            }
    }
}
