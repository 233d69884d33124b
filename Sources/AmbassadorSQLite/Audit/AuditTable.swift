import AmbassadorCore

/// The audit records as the writing thread writes them.
final class AuditTable {
    private let insert: RecordInsertion
    private let removal: RecordRemoval
    private let subjects: SubjectTable
    private let stretches: StretchTable
    private let keepBytes: Statement
    private(set) var counts: RecordCounts
    private var confirmedCounts: RecordCounts

    init(_ connection: Connection, node: String, bodies: AuditBodies, recordsMax: Int? = nil) throws(SQLiteError) {
        self.subjects = try SubjectTable(connection, node: node, bodies: bodies)
        self.counts = try RecordCounts(connection)
        self.confirmedCounts = self.counts
        self.insert = try RecordInsertion(connection)
        self.stretches = try StretchTable(connection, recordsMax: recordsMax)
        self.removal = try RecordRemoval(connection, self.stretches)
        self.keepBytes = try connection.prepare(
            "INSERT OR REPLACE INTO counters (name, value) VALUES ('audit_text_bytes', ?)"
        )
    }

    /// Says how many records the open transaction is going to take.
    func expect(_ count: Int) {
        self.insert.expect(count)
    }

    /// Writes one of the records that are expected within the open transaction, or binds it to be written with the next ones.
    func insert(_ record: borrowing AuditRecord, day: Int64) throws(SQLiteError) {
        if self.stretches.isOver(at: self.counts.nextID, day: day) { try self.beginStretch(on: day) }
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
        row.bind(subject.errorDetail)
        row.bind(subject.issuer)
        self.counts.nextID += 1
        if record.count != nil { self.counts.summed += 1 }
        try self.insert.add(row)
    }

    /// Notes the bytes of the texts that the open transaction has added; to be called before it is committed.
    func noteTextBytes() throws(SQLiteError) {
        let added = self.subjects.takeAddedBytes()
        if added > 0 { try self.addTextBytes(added) }
    }

    /// Adds to the bytes of texts, within the transaction that adds or removes them.
    func addTextBytes(_ number: Int) throws(SQLiteError) {
        self.counts.textBytes = max(0, self.counts.textBytes + number)
        self.keepBytes.bind(self.counts.textBytes, at: 1)
        try self.keepBytes.run()
    }

    /// Ends the stretch under way where no record is left at all, so that its texts can go.
    func endStretchIfEmpty() throws(SQLiteError) {
        guard self.counts.records == 0 else { return }
        let (input, answer) = self.subjects.beginStretch()
        try self.stretches.end(before: self.counts.nextID, input: input, answer: answer)
    }

    private func beginStretch(on day: Int64) throws(SQLiteError) {
        let (input, answer) = self.subjects.beginStretch()
        try self.stretches.begin(at: self.counts.nextID, day: day, input: input, answer: answer)
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
        self.stretches.forget()
    }

    /// Removes names that only records before `day` used, of the `count` names after `id`.
    func pruneNames(before day: Int64, after id: Int64, count: Int) throws(SQLiteError) {
        try self.subjects.pruneNames(before: day, after: id, count: count)
    }
}
