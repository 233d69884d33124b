import AmbassadorCore

/// The changes of operators as the writing thread writes them, in the table `admin_changes`.
///
/// Those that were made, or failed, and those that were refused have a quota each: who may change nothing pushes out nothing.
enum AdminChangeTable {
    static let changesMax = 100_000
    static let refusalsMax = 10_000
    /// Refusals of one caller within so many milliseconds are one row.
    private static let sumMilliseconds: Int64 = 1_000

    static func insert(_ change: AdminChange, on connection: Connection) throws(SQLiteError) {
        if change.outcome == .refused, try Self.addToLastRefusal(change, on: connection) { return }
        let insert = try connection.prepare(
            """
            INSERT INTO admin_changes (time, principal, tenant, client_address, action, subject, outcome, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        insert.bind(change.time.milliseconds, at: 1)
        insert.bind(change.principal, at: 2)
        insert.bind(change.tenant?.description, at: 3)
        insert.bind(change.client, at: 4)
        insert.bind(change.action.rawValue, at: 5)
        insert.bind(change.subject, at: 6)
        insert.bind(change.outcome.rawValue, at: 7)
        insert.bind(change.detail, at: 8)
        try insert.run()
    }

    /// Removes the oldest rows over either quota.
    ///
    /// - Returns: whether there were any.
    static func prune(on connection: Connection, rows: Int) throws(SQLiteError) -> Bool {
        let refused = try connection.integer("SELECT count(*) FROM admin_changes WHERE outcome = 'refused'") ?? 0
        let all = try connection.integer("SELECT count(*) FROM admin_changes") ?? 0
        let excess = [
            ("outcome = 'refused'", Int(refused) - Self.refusalsMax),
            ("outcome <> 'refused'", Int(all - refused) - Self.changesMax),
        ]
        for (condition, count) in excess where count > 0 {
            try connection.execute(
                """
                DELETE FROM admin_changes WHERE id IN (
                    SELECT id FROM admin_changes WHERE \(condition) ORDER BY id LIMIT \(min(count, rows))
                )
                """
            )
            return true
        }
        return false
    }

    /// Counts a refusal in the row of the one before, where that is the same caller's and a moment ago.
    private static func addToLastRefusal(
        _ change: AdminChange,
        on connection: Connection
    ) throws(SQLiteError) -> Bool {
        let update = try connection.prepare(
            """
            UPDATE admin_changes SET count = count + 1 WHERE id = (
                SELECT id FROM (
                    SELECT * FROM admin_changes WHERE outcome = 'refused' ORDER BY id DESC LIMIT 64
                ) WHERE principal = ? AND client_address = ? AND action = ? AND detail = ? AND time > ? LIMIT 1
            )
            """
        )
        update.bind(change.principal, at: 1)
        update.bind(change.client, at: 2)
        update.bind(change.action.rawValue, at: 3)
        update.bind(change.detail, at: 4)
        update.bind(change.time.milliseconds - Self.sumMilliseconds, at: 5)
        try update.run()
        return connection.changes > 0
    }
}
