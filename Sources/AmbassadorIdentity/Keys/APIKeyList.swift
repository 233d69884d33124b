package import AmbassadorCore

/// All API keys of a file, the revoked and expired ones too, in the order in which they were made.
package struct APIKeyList: Sendable {
    /// The most keys of a file.
    package static let keysMax = 10_000
    /// The most live keys of one name and tenant: the old one and the new one, while callers change over.
    package static let liveKeysPerNameMax = 2

    /// Their ids are unique.
    package private(set) var records: [APIKeyRecord]

    package init() {
        self.records = []
    }

    /// - Parameter records: whose ids are unique, ``keysMax`` of them at most.
    init(records: [APIKeyRecord]) {
        self.records = records
    }

    /// Makes a key and keeps its record.
    ///
    /// - Returns: the key, of which nothing but its digest is kept.
    /// - Throws: where the name, permissions or expiry cannot be, or where there are too many keys already.
    package mutating func add(
        name: String,
        tenant: TenantID?,
        permissions: Permissions,
        expiresAt: Timestamp?,
        at time: Timestamp,
        using generator: inout some RandomNumberGenerator
    ) throws(APIKeyFileError) -> APIKey {
        guard APIKeyRecord.isName(name.utf8) else {
            throw .refused(reason: "cannot have this name; write 1 to 64 of A-Z a-z 0-9 . _ @ -")
        }
        guard (1...Permissions.grantsMax).contains(permissions.grants.count) else {
            throw .refused(reason: "would have no permission, or more than \(Permissions.grantsMax)")
        }
        guard expiresAt.map({ $0 > time }) ?? true else { throw .refused(reason: "would have expired already") }
        guard self.records.count < Self.keysMax else {
            throw .refused(
                reason: "would be one too many: the file has \(Self.keysMax); take dead ones out of it"
            )
        }
        let live = self.records.filter { record in
            record.tenant == tenant && record.name.utf8.elementsEqual(name.utf8) && record.state(at: time) == .live
        }
        guard live.count < Self.liveKeysPerNameMax else {
            let ids = live.map(\.id.description).joined(separator: " and ")
            throw .refused(
                reason: "would be one too many of its name and tenant: \(ids) are live; revoke one of them first"
            )
        }
        var id = APIKeyID(using: &generator)
        while self.records.contains(where: { $0.id == id }) { id = APIKeyID(using: &generator) }
        let key = APIKey(id: id, using: &generator)
        self.records.append(
            APIKeyRecord(
                id: id,
                name: name,
                digest: key.digest,
                tenant: tenant,
                permissions: permissions,
                createdAt: time,
                expiresAt: expiresAt,
                revokedAt: nil
            )
        )
        return key
    }

    /// Revokes a key; one that is revoked already keeps the time at which it was.
    ///
    /// - Returns: the key's record from now on.
    /// - Throws: where there is no such key.
    package mutating func revoke(_ id: APIKeyID, at time: Timestamp) throws(APIKeyFileError) -> APIKeyRecord {
        guard let index = self.records.firstIndex(where: { $0.id == id }) else {
            throw .refused(reason: "is not in this file; keys list shows the ids")
        }
        if self.records[index].revokedAt == nil {
            self.records[index] = self.records[index].revoked(at: time)
        }
        return self.records[index]
    }
}
