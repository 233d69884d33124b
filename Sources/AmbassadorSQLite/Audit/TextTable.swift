import AmbassadorCore
import Crypto
import NIOCore

/// What was asked, or what was answered, beside the records that name it.
///
/// Rows are only appended, in the order of time: the writes stay at one end of the file and retention takes from the other. A text
/// that recurs within a day is written once, as far as its digest is still remembered.
final class TextTable {
    private struct Known {
        let id: Int64
        let day: Int64
    }

    private static let knownMax = 65_536

    private let insert: Statement
    private let hasHash: Bool
    private var known: [InputHash: Known] = [:]

    /// Prepares for a table that has a column for the input hash, or has none.
    init(_ connection: Connection, table: String, hasHash: Bool) throws(SQLiteError) {
        self.hasHash = hasHash
        self.insert = try connection.prepare(
            hasHash
                ? "INSERT INTO \(table) (day, text, hash) VALUES (?, ?, ?) RETURNING id"
                : "INSERT INTO \(table) (day, text) VALUES (?, ?) RETURNING id"
        )
    }

    /// The number of a text that a record of `day` names.
    ///
    /// Hash and text are told apart together: under one input hash, `normalize: text` brings several spellings.
    func id(hash: InputHash?, text: ByteBuffer?, day: Int64) throws(SQLiteError) -> Int64 {
        let digest = Self.digest(hash, text)
        if let known = self.known[digest], known.day == day { return known.id }
        self.insert.bind(day, at: 1)
        self.insert.bind(text: text, at: 2)
        if self.hasHash { self.insert.bind(blob: hash?.bytes ?? [], at: 3) }
        guard try self.insert.step() else { throw .engine(.misuse, message: "a text was given no number", offset: nil) }
        let id = self.insert.integer(at: 0)
        try self.insert.run()
        if self.known.count >= Self.knownMax { self.known.removeAll(keepingCapacity: true) }
        self.known[digest] = Known(id: id, day: day)
        return id
    }

    /// Forgets what a transaction that was rolled back may have added.
    func forget() {
        self.known.removeAll(keepingCapacity: true)
    }

    private static func digest(_ hash: InputHash?, _ text: ByteBuffer?) -> InputHash {
        // Without a text the hash stands for itself; a text's digest is 256 bits of SHA-256, so the two do not meet.
        guard let text else { return hash ?? InputHash(words: (0, 0, 0, 0)) }
        var hasher = SHA256()
        if let hash {
            withUnsafeBytes(of: hash.words) { hasher.update(bufferPointer: $0) }
        }
        text.withUnsafeReadableBytes { hasher.update(bufferPointer: $0) }
        return hasher.finalize().withUnsafeBytes { bytes in
            InputHash(
                words: (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                )
            )
        }
    }
}
