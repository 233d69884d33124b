import NIOCore

/// What an operator has decided about one key.
///
/// Immutable and shared by reference.
package final class CurationMark: Sendable {
    /// What becomes of requests of the key.
    package enum Kind: Sendable, Equatable {
        /// They get this answer, whatever is stored and whatever they ask of the cache.
        case pin(Answer)
        /// They are never answered from what is stored, and nothing of theirs is kept.
        case tombstone

        /// The kind as it is written.
        package var name: String {
            switch self {
            case .pin: "pin"
            case .tombstone: "tombstone"
            }
        }
    }

    /// The longest reason, in bytes.
    package static let reasonBytesMax = 512

    package let key: CacheKey
    package let kind: Kind
    /// Who decided it; see ``Caller/principal``.
    package let author: String
    /// 1 to ``reasonBytesMax`` bytes.
    package let reason: String
    package let time: Timestamp
    /// Whether it stands in place of a row that does not match its checksum: such a mark is a tombstone, whatever the row says.
    package let isDamaged: Bool

    package init(
        key: CacheKey,
        kind: Kind,
        author: String,
        reason: String,
        time: Timestamp,
        isDamaged: Bool = false
    ) {
        self.key = key
        self.kind = kind
        self.author = author
        self.reason = reason
        self.time = time
        self.isDamaged = isDamaged
    }

    /// What the mark costs in memory, in bytes.
    var byteCount: Int {
        let answer =
            if case .pin(let answer) = self.kind { answer.body.readableBytes + answer.text.readableBytes } else { 0 }
        return 512 + answer + self.reason.utf8.count
    }
}
