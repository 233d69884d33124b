import AmbassadorCore

/// The audit records as the writing thread writes them.
final class AuditTable {
    private let insert: RecordInsertion
    private let subjects: SubjectTable
    // The id of the next record, also once the newest ones were pruned.
    private(set) var nextID: Int64
    private var confirmedID: Int64

    init(_ connection: Connection, node: String, bodies: AuditBodies) throws(SQLiteError) {
        self.subjects = try SubjectTable(connection, node: node, bodies: bodies)
        let last = try connection.integer("SELECT max(id) FROM audit_records") ?? 0
        let counted = try connection.integer("SELECT value FROM counters WHERE name = 'audit_next_id'") ?? 1
        self.nextID = max(last + 1, counted)
        self.confirmedID = self.nextID
        self.insert = try RecordInsertion(connection)
    }

    /// Says how many records the open transaction is going to take.
    func expect(_ count: Int) {
        self.insert.expect(count)
    }

    /// Writes one of the records that are expected within the open transaction, or binds it to be written with the next ones.
    func insert(_ record: borrowing AuditRecord, day: Int64) throws(SQLiteError) {
        let subject = try self.subjects.numbers(of: record.subject, day: day)
        var row = self.insert.nextRow
        row.bind(self.nextID)
        row.bind(record.time.milliseconds)
        row.bind(bits: record.traceID.high)
        row.bind(bits: record.traceID.low)
        row.bind(subject.node)
        row.bind(subject.route)
        row.bind(subject.tenant)
        row.bind(subject.flow)
        row.bind(subject.target)
        row.bind(AuditCode.code(of: record.outcome))
        row.bind(record.detail.map(AuditCode.code(of:)))
        row.bind(record.status)
        row.bind(record.errorKind.map(AuditCode.code(of:)))
        row.bind(record.totalMicroseconds)
        row.bind(record.upstreamMicroseconds)
        row.bind(record.attempts)
        row.bind(record.requestBytes)
        row.bind(record.responseBytes)
        row.bind(record.usage.inputTokens)
        row.bind(record.usage.outputTokens)
        row.bind(record.costNanos)
        row.bind(record.savedNanos)
        row.bind(record.ageSeconds)
        row.bind(subject.input)
        row.bind(subject.answer)
        row.bind(subject.principal)
        row.bind(subject.clientAddress)
        self.nextID += 1
        try self.insert.add(row)
    }

    /// The transaction is on disk.
    func committed() {
        self.confirmedID = self.nextID
    }

    /// The transaction was rolled back: nothing that it added is there.
    func rolledBack() {
        self.nextID = self.confirmedID
        self.subjects.forget()
    }

    /// Removes names that only records before `day` used, of the `count` names after `id`.
    func pruneNames(before day: Int64, after id: Int64, count: Int) throws(SQLiteError) {
        try self.subjects.pruneNames(before: day, after: id, count: count)
    }
}
