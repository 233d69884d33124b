import AmbassadorCore

/// The audit records as the writing thread writes them.
final class AuditTable {
    private let insert: Statement
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
        self.insert = try connection.prepare(
            """
            INSERT INTO audit_records (
                id, time, trace_high, trace_low, node, route, tenant, flow, target, outcome, detail, status, error, total_us,
                upstream_us, attempts, request_bytes, response_bytes, input_tokens, output_tokens, cost_nanos, saved_nanos,
                age_s, input, answer, principal, client_address
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
    }

    /// Writes a record within the open transaction.
    func insert(_ record: borrowing AuditRecord, day: Int64) throws(SQLiteError) {
        let statement = self.insert
        statement.bind(self.nextID, at: 1)
        statement.bind(record.time.milliseconds, at: 2)
        statement.bind(bits: record.traceID.high, at: 3)
        statement.bind(bits: record.traceID.low, at: 4)
        statement.bind(try self.names.id(of: self.node, in: .node, day: day), at: 5)
        statement.bind(AuditCode.code(of: record.route), at: 6)
        statement.bind(try self.names.id(of: record.tenant.description, in: .tenant, day: day), at: 7)
        statement.bind(try self.nameID(record.flow, in: .flow, day), at: 8)
        statement.bind(try self.nameID(record.target, in: .target, day), at: 9)
        statement.bind(AuditCode.code(of: record.outcome), at: 10)
        statement.bind(record.detail.map(AuditCode.code(of:)), at: 11)
        statement.bind(record.status, at: 12)
        statement.bind(record.errorKind.map(AuditCode.code(of:)), at: 13)
        statement.bind(record.totalMicroseconds, at: 14)
        statement.bind(record.upstreamMicroseconds, at: 15)
        statement.bind(record.attempts, at: 16)
        statement.bind(record.requestBytes, at: 17)
        statement.bind(record.responseBytes, at: 18)
        statement.bind(record.usage.inputTokens, at: 19)
        statement.bind(record.usage.outputTokens, at: 20)
        statement.bind(record.costNanos, at: 21)
        statement.bind(record.savedNanos, at: 22)
        statement.bind(record.ageSeconds, at: 23)
        statement.bind(try self.inputID(record, day), at: 24)
        statement.bind(try self.answerID(record, day), at: 25)
        statement.bind(record.principal, at: 26)
        statement.bind(record.clientAddress, at: 27)
        try statement.run()
        self.nextID += 1
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
