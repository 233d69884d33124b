import AmbassadorCore

/// The keys in force, ready to be looked up.
final class APIKeySnapshot: Sendable {
    struct Entry: Sendable {
        let digest: APIKeyDigest
        let isRevoked: Bool
        /// Made once, so that a request makes none.
        let caller: Caller
    }

    /// How many keys there are, the dead ones too.
    let count: Int
    private let entries: [APIKeyID: Entry]

    init(_ list: APIKeyList) {
        let entries = list.records.map { record in
            let caller = Caller(
                principal: record.name,
                tenant: record.tenant,
                permissions: record.permissions,
                expiresAt: record.expiresAt
            )
            return (record.id, Entry(digest: record.digest, isRevoked: record.revokedAt != nil, caller: caller))
        }
        // A list's ids are unique.
        self.entries = Dictionary(entries) { first, _ in first }
        self.count = entries.count
    }

    func entry(_ id: APIKeyID) -> Entry? {
        self.entries[id]
    }
}
