import AmbassadorCore

/// Requests that were answered and are not in the audit log, one after another (`audit.when_full: serve`).
struct AuditGap: Equatable {
    private static let keptMax = 10_000

    private(set) var count = 0
    /// When the first and the last of them began.
    private(set) var since = Timestamp(milliseconds: .max)
    private(set) var until = Timestamp(milliseconds: .min)

    mutating func add(_ time: Timestamp) {
        self.count += 1
        self.since = min(self.since, time)
        self.until = max(self.until, time)
    }

    mutating func add(_ gap: AuditGap) {
        self.count += gap.count
        self.since = min(self.since, gap.since)
        self.until = max(self.until, gap.until)
    }

    /// Writes it within the open transaction, and keeps the newest gaps alone.
    func write(reason: String, on connection: Connection) throws(SQLiteError) {
        let insert = try connection.prepare(
            "INSERT INTO audit_gaps (since, until, count, reason) VALUES (?, ?, ?, ?)"
        )
        insert.bind(self.since.milliseconds, at: 1)
        insert.bind(self.until.milliseconds, at: 2)
        insert.bind(self.count, at: 3)
        insert.bind(reason, at: 4)
        try insert.run()
        try connection.execute(
            "DELETE FROM audit_gaps WHERE id <= (SELECT max(id) FROM audit_gaps) - \(Self.keptMax)"
        )
    }
}
