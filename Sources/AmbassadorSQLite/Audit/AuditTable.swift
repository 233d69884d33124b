import AmbassadorCore

/// The audit records as the writing thread writes them.
final class AuditTable {
    private let insert: RecordInsertion
    private let names: NameTable
    private let inputs: TextTable
    private let answers: TextTable
    private let node: String
    private let bodies: AuditBodies
    // The id of the next record, also once the newest ones were pruned.
    private(set) var nextID: Int64
    private var confirmedID: Int64

    init(_ connection: Connection, node: String, bodies: AuditBodies) throws(SQLiteError) {
        self.names = try NameTable(connection)
        self.inputs = try TextTable(connection, table: "audit_inputs", hasHash: true)
        self.answers = try TextTable(connection, table: "audit_answers", hasHash: false)
        self.node = node
        self.bodies = bodies
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
        var row = self.insert.nextRow
        row.bind(self.nextID)
        row.bind(record.time.milliseconds)
        row.bind(bits: record.traceID.high)
        row.bind(bits: record.traceID.low)
        row.bind(try self.names.id(of: self.node, in: .node, day: day))
        row.bind(AuditCode.code(of: record.route))
        row.bind(try self.names.id(of: record.tenant.description, in: .tenant, day: day))
        row.bind(try self.nameID(record.flow, in: .flow, day))
        row.bind(try self.nameID(record.target, in: .target, day))
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
        row.bind(try self.inputID(record, day))
        row.bind(try self.answerID(record, day))
        row.bind(record.principal)
        row.bind(record.clientAddress)
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
        self.names.forget()
        self.inputs.forget()
        self.answers.forget()
    }

    /// Removes names that only records before `day` used, of the `count` names after `id`.
    func pruneNames(before day: Int64, after id: Int64, count: Int) throws(SQLiteError) {
        try self.names.prune(before: day, after: id, count: count)
        self.names.forget()
    }

    private func nameID(
        _ name: FlowName?,
        in column: NameTable.Column,
        _ day: Int64
    ) throws(SQLiteError) -> Int64? {
        guard let name else { return nil }
        return try self.names.id(of: name.description, in: column, day: day)
    }

    private func inputID(_ record: borrowing AuditRecord, _ day: Int64) throws(SQLiteError) -> Int64? {
        let text = self.bodies == .none ? nil : record.input
        guard record.inputHash != nil || text != nil else { return nil }
        return try self.inputs.id(hash: record.inputHash, text: text, day: day)
    }

    private func answerID(_ record: borrowing AuditRecord, _ day: Int64) throws(SQLiteError) -> Int64? {
        guard self.bodies == .both, let text = record.answer?.text else { return nil }
        return try self.answers.id(hash: nil, text: text, day: day)
    }
}
