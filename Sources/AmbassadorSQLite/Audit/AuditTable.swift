import AmbassadorCore

/// The audit records as the writing thread writes them.
final class AuditTable {
    private let insert: RecordInsertion
    private let removal: RecordRemoval
    private let subjects: SubjectTable
    private(set) var counts: RecordCounts
    private var confirmedCounts: RecordCounts

    init(_ connection: Connection, node: String, bodies: AuditBodies) throws(SQLiteError) {
        self.subjects = try SubjectTable(connection, node: node, bodies: bodies)
        self.counts = try RecordCounts(connection)
        self.confirmedCounts = self.counts
        self.insert = try RecordInsertion(connection)
        self.removal = try RecordRemoval(connection)
    }

    /// Says how many records the open transaction is going to take.
    func expect(_ count: Int) {
        self.insert.expect(count)
    }

    /// Writes one of the records that are expected within the open transaction, or binds it to be written with the next ones.
    func insert(_ record: borrowing AuditRecord, day: Int64) throws(SQLiteError) {
        let subject = try self.subjects.numbers(of: record.subject, day: day)
        var row = self.insert.nextRow
        row.bind(self.counts.nextID)
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
        row.bind(record.count)
        self.counts.nextID += 1
        if record.count != nil { self.counts.summed += 1 }
        try self.insert.add(row)
    }

    /// Removes records of requests that began before a moment (milliseconds since 1970) within the open transaction.
    ///
    /// - Returns: how many; no more than `rows`.
    func removeAged(before time: Int64, rows: Int) throws(SQLiteError) -> Int {
        try self.removal.removeAged(before: time, rows: rows, &self.counts)
    }

    /// Removes the oldest records of one request each that are over a number, within the open transaction.
    ///
    /// - Returns: how many; no more than `rows`.
    func removeExcess(over maximum: Int, rows: Int) throws(SQLiteError) -> Int {
        try self.removal.removeExcess(over: maximum, rows: rows, &self.counts)
    }

    /// Removes the oldest summed records that are over a number, within the open transaction.
    ///
    /// - Returns: how many; no more than `rows`.
    func removeSummed(over maximum: Int, rows: Int) throws(SQLiteError) -> Int {
        try self.removal.removeSummed(over: maximum, rows: rows, &self.counts)
    }

    /// The transaction is on disk.
    func committed() {
        self.confirmedCounts = self.counts
        self.subjects.committed()
    }

    /// The transaction was rolled back: nothing that it added is there.
    func rolledBack() {
        self.counts = self.confirmedCounts
        self.subjects.forget()
    }

    /// Removes names that only records before `day` used, of the `count` names after `id`.
    func pruneNames(before day: Int64, after id: Int64, count: Int) throws(SQLiteError) {
        try self.subjects.pruneNames(before: day, after: id, count: count)
    }
}
