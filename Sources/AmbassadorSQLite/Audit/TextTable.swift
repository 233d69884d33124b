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
    // The id of the next text, also once all texts were removed: what is done up to an id is done for good.
    private var nextID: Int64
    private var confirmedID: Int64
    private var addedBytes = 0

    /// Prepares for a table that has a column for the input hash, or has none.
    init(_ connection: Connection, table: String, hasHash: Bool) throws(SQLiteError) {
        self.hasHash = hasHash
        self.insert = try connection.prepare(
            hasHash
                ? "INSERT INTO \(table) (id, day, text, hash) VALUES (?, ?, ?, ?)"
                : "INSERT INTO \(table) (id, day, text) VALUES (?, ?, ?)"
        )
        self.nextID = try connection.integer(Self.nextID(of: table)) ?? 1
        self.confirmedID = self.nextID
    }

    /// The number of a text that a record of `day` names.
    ///
    /// Hash and text are told apart together: under one input hash, `normalize: text` brings several spellings.
    func id(hash: InputHash?, text: ByteBuffer?, day: Int64) throws(SQLiteError) -> Int64 {
        let digest = Self.digest(hash, text)
        if let known = self.known[digest], known.day == day { return known.id }
        let id = self.nextID
        self.insert.bind(id, at: 1)
        self.insert.bind(day, at: 2)
        self.insert.bind(text: text, at: 3)
        if self.hasHash { self.insert.bind(blob: hash?.bytes ?? [], at: 4) }
        try self.insert.run()
        self.nextID += 1
        self.addedBytes += text?.readableBytes ?? 0
        if self.known.count >= Self.knownMax { self.known.removeAll(keepingCapacity: true) }
        self.known[digest] = Known(id: id, day: day)
        return id
    }

    /// Forgets what a transaction that was rolled back may have added.
    func forget() {
        _ = self.forgetKnown()
        self.nextID = self.confirmedID
        self.addedBytes = 0
    }

    /// Writes texts anew, those too that were written before.
    ///
    /// - Returns: the id of the next text.
    func forgetKnown() -> Int64 {
        self.known.removeAll(keepingCapacity: true)
        return self.nextID
    }

    /// The bytes of texts that were written since this was last asked.
    func takeAddedBytes() -> Int {
        defer { self.addedBytes = 0 }
        return self.addedBytes
    }

    /// The transaction is on disk.
    func committed() {
        self.confirmedID = self.nextID
    }

    /// Notes, within a transaction that removes texts of a table, which id comes next: the last text may be among them.
    static func keepNextID(of table: String, on connection: Connection) throws(SQLiteError) {
        try connection.execute(
            "INSERT OR REPLACE INTO counters (name, value) VALUES ('\(table)_next_id', (\(Self.nextID(of: table))))"
        )
    }

    private static func nextID(of table: String) -> String {
        """
        SELECT max(
            coalesce((SELECT max(id) FROM \(table)), 0) + 1,
            coalesce((SELECT value FROM counters WHERE name = '\(table)_next_id'), 1)
        )
        """
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
