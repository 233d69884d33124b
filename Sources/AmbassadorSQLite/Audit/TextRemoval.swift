import AmbassadorCore

/// Removes texts of audit records, a bounded number and size at a time, each time in a transaction of its own.
final class TextRemoval {
    /// The tables of texts, with the columns of a stretch that say which of them are its own.
    private static let tables = [
        (name: "audit_inputs", first: "first_input", last: "last_input"),
        (name: "audit_answers", first: "first_answer", last: "last_answer"),
    ]
    private static let stepRows = 200
    private static let stepBytes = 4 << 20

    private struct Row {
        let id: Int64
        let bytes: Int
    }

    private let connection: Connection
    private let audit: AuditTable

    init(_ connection: Connection, _ audit: AuditTable) {
        self.connection = connection
        self.audit = audit
    }

    /// Clears texts of records of before a day (since 1970).
    ///
    /// - Returns: whether there were any.
    func clear(before day: Int64) throws(SQLiteError) -> Bool {
        for table in Self.tables {
            let rows = try self.rows("FROM \(table.name) WHERE text IS NOT NULL AND day < \(day) ORDER BY day, id")
            if try self.clear(rows, of: table.name) { return true }
        }
        return false
    }

    /// Clears the oldest texts.
    ///
    /// - Parameter bytes: how much of them at least, as far as one step goes.
    /// - Returns: whether there were any.
    /// - Throws: ``SQLiteError``; nothing is cleared then.
    func clearOldest(bytes: Int) throws(SQLiteError) -> Bool {
        var oldest: (day: Int64, table: String)?
        for table in Self.tables {
            let day = try self.connection.integer("SELECT min(day) FROM \(table.name) WHERE text IS NOT NULL")
            if let day, oldest.map({ day < $0.day }) ?? true { oldest = (day, table.name) }
        }
        guard let oldest else { return false }
        let rows = try self.rows(
            "FROM \(oldest.table) WHERE text IS NOT NULL ORDER BY day, id",
            bytesMax: min(bytes, 4 * Self.stepBytes)
        )
        return try self.clear(rows, of: oldest.table)
    }

    /// Removes texts that no record names any more, since all of their stretch are gone.
    ///
    /// - Returns: whether there were any.
    func removeUnused() throws(SQLiteError) -> Bool {
        try self.audit.endStretchIfEmpty()
        // Sums of refusals name no texts, and may stay for longer.
        let stretches = try self.connection.prepare(
            """
            SELECT first_record FROM audit_stretches AS s WHERE last_record IS NOT NULL
            AND last_record - first_record + 1 - removed <= (
                SELECT count(*) FROM audit_records WHERE count IS NOT NULL AND id BETWEEN s.first_record AND s.last_record
            )
            """
        )
        var gone: [Int64] = []
        while try stretches.step() { gone.append(stretches.integer(at: 0)) }
        stretches.reset()
        for first in gone {
            if try self.removeTexts(ofStretch: first) { return true }
        }
        guard !gone.isEmpty else { return false }
        try self.connection.execute(
            """
            DELETE FROM audit_stretches WHERE last_record IS NOT NULL AND last_record - first_record + 1 <= removed
            """
        )
        return false
    }

    private func removeTexts(ofStretch first: Int64) throws(SQLiteError) -> Bool {
        for table in Self.tables {
            let rows = try self.rows(
                """
                FROM \(table.name) WHERE id BETWEEN (SELECT \(table.first) FROM audit_stretches WHERE first_record = \(first))
                AND (SELECT \(table.last) FROM audit_stretches WHERE first_record = \(first)) ORDER BY id
                """
            )
            guard !rows.isEmpty else { continue }
            try self.change(rows, "DELETE FROM \(table.name) WHERE id = ?", table.name)
            return true
        }
        return false
    }

    private func clear(_ rows: [Row], of table: String) throws(SQLiteError) -> Bool {
        guard !rows.isEmpty else { return false }
        try self.change(rows, "UPDATE \(table) SET text = NULL WHERE id = ?", table)
        return true
    }

    private func change(_ rows: [Row], _ sql: String, _ table: String) throws(SQLiteError) {
        let change = try self.connection.prepare(sql)
        let bytes = rows.reduce(0) { $0 + $1.bytes }
        do throws(SQLiteError) {
            try self.connection.transaction { () throws(SQLiteError) in
                try TextTable.keepNextID(of: table, on: self.connection)
                for row in rows {
                    change.bind(row.id, at: 1)
                    try change.run()
                }
                try self.audit.addTextBytes(-bytes)
            }
            self.audit.committed()
        } catch {
            self.audit.rolledBack()
            throw error
        }
    }

    /// The first rows of a query, no more than one step may take.
    private func rows(_ query: String, bytesMax: Int = TextRemoval.stepBytes) throws(SQLiteError) -> [Row] {
        let statement = try self.connection.prepare(
            "SELECT id, coalesce(length(CAST(text AS BLOB)), 0) \(query) LIMIT \(Self.stepRows)"
        )
        var rows: [Row] = []
        var bytes = 0
        while bytes < bytesMax, try statement.step() {
            rows.append(Row(id: statement.integer(at: 0), bytes: Int(statement.integer(at: 1))))
            bytes += rows.last?.bytes ?? 0
        }
        statement.reset()
        return rows
    }
}
