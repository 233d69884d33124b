/// How many audit records there are, of each kind.
struct RecordCounts {
    /// The id of the next record, also once the newest ones were pruned.
    var nextID: Int64
    /// Of the ids before that one, those whose rows are not there any more.
    var removed: Int64
    /// Rows that stand for refused requests of callers who were not identified.
    var summed: Int64
    /// The bytes of all texts, UTF-8.
    var textBytes: Int
    /// No other row has an id before this one.
    var firstID: Int64

    /// Rows of one request each.
    var records: Int64 { self.nextID - 1 - self.removed - self.summed }

    init(_ connection: Connection) throws(SQLiteError) {
        let last = try connection.integer("SELECT max(id) FROM audit_records") ?? 0
        let counted = try connection.integer("SELECT value FROM counters WHERE name = 'audit_next_id'") ?? 1
        self.nextID = max(last + 1, counted)
        self.removed = try connection.integer("SELECT value FROM counters WHERE name = 'audit_removed'") ?? 0
        self.summed = try connection.integer("SELECT count(*) FROM audit_records WHERE count IS NOT NULL") ?? 0
        self.textBytes = Int(
            try connection.integer("SELECT value FROM counters WHERE name = 'audit_text_bytes'") ?? 0
        )
        self.firstID = 0
    }
}
