import AmbassadorCore
import Synchronization

/// The numbers under which the writing thread writes what records have in common.
///
/// They are found out once for a subject and a day, and found again by the note that is left in the subject: no name is compared and
/// no text hashed for a record whose subject is known.
final class SubjectTable {
    /// What a subject's records say of it.
    struct Numbers {
        let node: Int64
        let route: Int64
        let tenant: Int64
        let flow: Int64?
        let target: Int64?
        let input: Int64?
        let answer: Int64?
        let principal: NumberedText
        let clientAddress: NumberedText
        let errorDetail: NumberedText
        let issuer: NumberedText
    }

    // A note is the edition of the table, then the place in it and one.
    private static let placeBits: UInt64 = 20
    private static let knownMax = 65_536
    /// Editions are never given twice, whichever file the table is of: a subject may be recorded in several.
    private static let editions = Atomic<UInt64>(0)

    private let names: NameTable
    private let inputs: TextTable
    private let answers: TextTable
    private var texts = TextNumbers()
    private let node: String
    private let bodies: AuditBodies
    private var known: [Numbers] = []
    private var edition = SubjectTable.newEdition()
    private var day: Int64 = 0

    init(_ connection: Connection, node: String, bodies: AuditBodies) throws(SQLiteError) {
        self.names = try NameTable(connection)
        self.inputs = try TextTable(connection, table: "audit_inputs", hasHash: true)
        self.answers = try TextTable(connection, table: "audit_answers", hasHash: false)
        self.node = node
        self.bodies = bodies
    }

    /// The numbers of a subject in a record of `day`.
    func numbers(of subject: AuditSubject, day: Int64) throws(SQLiteError) -> Numbers {
        if day != self.day {
            self.forgetNumbers()
            self.day = day
        }
        let note = subject.note.load(ordering: .relaxed)
        if note >> Self.placeBits == self.edition {
            return self.known[Int(note & (1 << Self.placeBits - 1)) - 1]
        }
        let numbers = try self.find(subject.fields, day)
        if self.known.count >= Self.knownMax { self.forgetNumbers() }
        self.known.append(numbers)
        subject.note.store(self.edition << Self.placeBits | UInt64(self.known.count), ordering: .relaxed)
        return numbers
    }

    /// Shares no text with records that were written before.
    ///
    /// - Returns: the ids of the next input and the next answer.
    func beginStretch() -> (input: Int64, answer: Int64) {
        self.forgetNumbers()
        return (self.inputs.forgetKnown(), self.answers.forgetKnown())
    }

    /// The bytes of texts that were written since this was last asked.
    func takeAddedBytes() -> Int {
        self.inputs.takeAddedBytes() + self.answers.takeAddedBytes()
    }

    /// The transaction is on disk.
    func committed() {
        self.inputs.committed()
        self.answers.committed()
    }

    /// Forgets what a transaction that was rolled back may have added.
    func forget() {
        self.forgetNumbers()
        self.names.forget()
        self.inputs.forget()
        self.answers.forget()
    }

    /// Removes names that only records before `day` used, of the `count` names after `id`.
    func pruneNames(before day: Int64, after id: Int64, count: Int) throws(SQLiteError) {
        try self.names.prune(before: day, after: id, count: count)
        self.names.forget()
        self.forgetNumbers()
    }

    private func forgetNumbers() {
        self.known.removeAll(keepingCapacity: true)
        self.edition = Self.newEdition()
    }

    private static func newEdition() -> UInt64 {
        Self.editions.add(1, ordering: .relaxed).newValue
    }

    private func find(_ fields: AuditSubject.Fields, _ day: Int64) throws(SQLiteError) -> Numbers {
        Numbers(
            node: try self.names.id(of: self.node, in: .node, day: day),
            route: AuditCode.code(of: fields.route),
            tenant: try self.names.id(of: fields.tenant.description, in: .tenant, day: day),
            flow: try self.nameID(fields.flow, in: .flow, day),
            target: try self.nameID(fields.target, in: .target, day),
            input: try self.inputID(fields, day),
            answer: try self.answerID(fields, day),
            principal: self.texts.numbered(fields.principal),
            clientAddress: self.texts.numbered(fields.clientAddress),
            errorDetail: self.texts.numbered(fields.errorDetail?.word),
            issuer: self.texts.numbered(fields.errorDetail?.issuer)
        )
    }

    private func nameID(
        _ name: FlowName?,
        in column: NameTable.Column,
        _ day: Int64
    ) throws(SQLiteError) -> Int64? {
        guard let name else { return nil }
        return try self.names.id(of: name.description, in: column, day: day)
    }

    private func inputID(_ fields: AuditSubject.Fields, _ day: Int64) throws(SQLiteError) -> Int64? {
        let text = self.bodies == .none ? nil : fields.input
        guard fields.inputHash != nil || text != nil else { return nil }
        return try self.inputs.id(hash: fields.inputHash, text: text, day: day)
    }

    private func answerID(_ fields: AuditSubject.Fields, _ day: Int64) throws(SQLiteError) -> Int64? {
        guard self.bodies == .both, let text = fields.answer?.textWithoutSession else { return nil }
        return try self.answers.id(hash: nil, text: text, day: day)
    }
}
