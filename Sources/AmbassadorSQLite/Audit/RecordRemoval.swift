/// Removes audit records within the open transaction, a bounded number at a time.
final class RecordRemoval {
    /// Rows that one look takes in where there were none but summed ones, and how many such looks one call takes at most.
    private static let windowRows = 1_000
    private static let windowsMax = 10

    private let aged: Statement
    private let oldest: Statement
    private let summed: Statement
    private let delete: Statement
    private let keep: Statement
    private let stretches: StretchTable

    init(_ connection: Connection, _ stretches: StretchTable) throws(SQLiteError) {
        self.stretches = stretches
        // By the index over times: a clock that was wrong for a while leaves records whose ids and times are not in one order.
        self.aged = try connection.prepare(
            "SELECT id, count FROM audit_records WHERE time < ? ORDER BY time LIMIT ?"
        )
        self.oldest = try connection.prepare("SELECT id, count FROM audit_records WHERE id >= ? ORDER BY id LIMIT ?")
        self.summed = try connection.prepare(
            "SELECT id, count FROM audit_records WHERE count IS NOT NULL ORDER BY id LIMIT ?"
        )
        self.delete = try connection.prepare("DELETE FROM audit_records WHERE id = ?")
        self.keep = try connection.prepare("INSERT OR REPLACE INTO counters (name, value) VALUES (?, ?)")
    }

    /// Removes records of requests that began before a moment, the oldest first.
    ///
    /// - Returns: how many.
    func removeAged(before time: Int64, rows: Int, _ counts: inout RecordCounts) throws(SQLiteError) -> Int {
        guard rows > 0 else { return 0 }
        self.aged.bind(time, at: 1)
        self.aged.bind(rows, at: 2)
        return try self.remove(try Self.rows(of: self.aged), &counts)
    }

    /// Removes what is over so many records of one request each, the oldest first.
    ///
    /// - Returns: how many.
    func removeExcess(over maximum: Int, rows: Int, _ counts: inout RecordCounts) throws(SQLiteError) -> Int {
        let goal = min(Int(counts.records) - maximum, rows)
        var removed = 0
        var windowRows = goal
        for _ in 0..<Self.windowsMax where removed < goal {
            self.oldest.bind(counts.firstID, at: 1)
            self.oldest.bind(windowRows, at: 2)
            let window = try Self.rows(of: self.oldest)
            guard let last = window.last else { break }
            // Summed rows have a quota of their own: they are passed by once, and not looked at again.
            let found = window.filter { !$0.isSummed }.prefix(goal - removed)
            removed += try self.remove(found, &counts)
            counts.firstID = removed == goal ? (found.last ?? last).id + 1 : last.id + 1
            windowRows = found.isEmpty ? Self.windowRows : goal - removed
        }
        return removed
    }

    /// Removes what is over so many summed rows, the oldest first.
    ///
    /// - Returns: how many.
    func removeSummed(over maximum: Int, rows: Int, _ counts: inout RecordCounts) throws(SQLiteError) -> Int {
        let excess = min(Int(counts.summed) - maximum, rows)
        guard excess > 0 else { return 0 }
        self.summed.bind(excess, at: 1)
        return try self.remove(try Self.rows(of: self.summed), &counts)
    }

    private struct Row {
        let id: Int64
        let isSummed: Bool
    }

    private static func rows(of statement: Statement) throws(SQLiteError) -> [Row] {
        defer { statement.reset() }
        var rows: [Row] = []
        while try statement.step() {
            rows.append(Row(id: statement.integer(at: 0), isSummed: statement.optionalInteger(at: 1) != nil))
        }
        return rows
    }

    private func remove(_ rows: some Collection<Row>, _ counts: inout RecordCounts) throws(SQLiteError) -> Int {
        guard !rows.isEmpty else { return 0 }
        for row in rows {
            self.delete.bind(row.id, at: 1)
            try self.delete.run()
            if row.isSummed { counts.summed -= 1 }
        }
        try self.stretches.countRemoved(rows.lazy.map(\.id))
        counts.removed += Int64(rows.count)
        // The newest record may be among them, and its id must not be given again.
        try self.note(counts.nextID, as: "audit_next_id")
        try self.note(counts.removed, as: "audit_removed")
        return rows.count
    }

    private func note(_ value: Int64, as name: String) throws(SQLiteError) {
        self.keep.bind(name, at: 1)
        self.keep.bind(value, at: 2)
        try self.keep.run()
    }
}
