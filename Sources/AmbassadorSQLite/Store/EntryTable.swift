import AmbassadorCore
import NIOCore

/// The stored answers as the writing thread writes and removes them.
final class EntryTable {
    /// Rows that one transaction removes at most, so that records never wait long behind it.
    static let stepRows = 200
    /// Bytes of rows after which a step ends early: long answers fill many pages.
    static let stepBytes = 4 << 20

    private let insert: Statement
    private let present: Statement
    private let delete: Statement
    private let wipe: Statement
    private let discard: Statement
    private let expired: Statement
    private let oldest: Statement
    let connection: Connection
    // Not counted before somebody has to know: that reads an index from end to end, and a start must not wait for it.
    private var countedBytes: Int?
    private var confirmedBytes: Int?

    init(_ connection: Connection) throws(SQLiteError) {
        self.connection = connection
        self.insert = try connection.prepare(
            """
            INSERT OR REPLACE INTO entries (\(EntryRow.columns), key, expires_at, size)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        self.present = try connection.prepare("SELECT size, stored_at FROM entries WHERE key = ?")
        self.delete = try connection.prepare("DELETE FROM entries WHERE id = ?")
        self.wipe = try connection.prepare(
            """
            UPDATE entries SET text = zeroblob(length(text)), input = zeroblob(length(input)), body = zeroblob(length(body))
            WHERE id = ?
            """
        )
        self.discard = try connection.prepare("SELECT id, size FROM entries WHERE key = ? AND checksum = ?")
        self.expired = try connection.prepare(
            "SELECT id, size FROM entries WHERE expires_at < ? ORDER BY expires_at LIMIT \(Self.stepRows)"
        )
        self.oldest = try connection.prepare("SELECT id, size FROM entries ORDER BY stored_at LIMIT \(Self.stepRows)")
    }

    /// The bytes that all rows take, roughly; zero until ``countBytes()``.
    var byteCount: Int { self.countedBytes ?? 0 }

    /// Counts the bytes of all rows, the first time; to be asked outside of transactions.
    func countBytes() throws(SQLiteError) {
        guard self.countedBytes == nil else { return }
        let count = try self.connection.integer("SELECT total(size) FROM entries INDEXED BY entries_by_age") ?? 0
        self.countedBytes = Int(count)
        self.confirmedBytes = self.countedBytes
    }

    /// Writes an entry within the open transaction, in place of one that is not later; `now` is the wall clock.
    func insert(_ entry: CacheEntry, expiresAt: Timestamp, at now: Timestamp) throws(SQLiteError) {
        guard let replaced = try self.sizeToReplace(by: entry, at: now) else { return }
        let size = EntryRow.size(of: entry)
        EntryRow.bind(entry, expiresAt: expiresAt, size: size, to: self.insert)
        try self.insert.run()
        self.countedBytes? += size - replaced
    }

    /// The bytes of the row whose place an entry takes, zero where there is none; `nil` where that is a later one.
    ///
    /// What was found in the shared cache may come here after what a refresh has brought meanwhile.
    private func sizeToReplace(by entry: CacheEntry, at now: Timestamp) throws(SQLiteError) -> Int? {
        self.present.bind(EntryRow.number(of: entry.key), at: 1)
        guard try self.present.step() else { return 0 }
        defer { self.present.reset() }
        let storedAt = Timestamp(milliseconds: self.present.integer(at: 1))
        return entry.replaces(entryStoredAt: storedAt, at: now) ? Int(self.present.integer(at: 0)) : nil
    }

    /// Removes a row that did not verify, unless another has taken its place.
    func discard(key: Int64, checksum: ByteBuffer) throws(SQLiteError) {
        self.discard.bind(key, at: 1)
        self.discard.bind(blob: checksum, at: 2)
        guard try self.discard.step() else { return }
        let row = (self.discard.integer(at: 0), Int(self.discard.integer(at: 1)))
        self.discard.reset()
        try self.remove([row])
    }

    /// Removes some entries that were of use until before a moment.
    func pruneExpired(before now: Timestamp) throws(SQLiteError) -> Int {
        self.expired.bind(now.milliseconds, at: 1)
        return try self.removeRows(of: self.expired, bytesMax: Self.stepBytes)
    }

    /// Removes some of the entries that were stored first, no more than `bytes` asks for.
    func pruneOldest(bytes: Int) throws(SQLiteError) -> Int {
        try self.removeRows(of: self.oldest, bytesMax: min(bytes, Self.stepBytes))
    }

    /// The transaction is on disk.
    func committed() {
        self.confirmedBytes = self.countedBytes
    }

    /// The transaction was rolled back.
    func rolledBack() {
        self.countedBytes = self.confirmedBytes
    }

    func removeRows(of statement: Statement, bytesMax: Int) throws(SQLiteError) -> Int {
        try self.remove(self.rows(of: statement, bytesMax: bytesMax))
    }

    /// The first rows of a statement that gives their numbers and sizes.
    func rows(of statement: Statement, bytesMax: Int) throws(SQLiteError) -> [(id: Int64, size: Int)] {
        var rows: [(id: Int64, size: Int)] = []
        var bytes = 0
        while bytes < bytesMax, try statement.step() {
            rows.append((statement.integer(at: 0), Int(statement.integer(at: 1))))
            bytes += rows.last?.size ?? 0
        }
        statement.reset()
        return rows
    }

    /// Overwrites what rows hold, where they are.
    ///
    /// For rows that are about to be removed: to remove one moves others, and what SQLite leaves where they were it overwrites not
    /// always. So all are wiped before the first one goes.
    func wipe(_ rows: [(id: Int64, size: Int)]) throws(SQLiteError) {
        for row in rows {
            self.wipe.bind(row.id, at: 1)
            try self.wipe.run()
        }
    }

    @discardableResult
    func remove(_ rows: [(id: Int64, size: Int)]) throws(SQLiteError) -> Int {
        for row in rows {
            self.delete.bind(row.id, at: 1)
            try self.delete.run()
            self.countedBytes? -= row.size
        }
        return rows.count
    }
}
