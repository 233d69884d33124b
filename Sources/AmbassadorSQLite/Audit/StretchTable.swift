/// The stretches of the audit log, in the table `audit_stretches`.
///
/// A text is shared by records of one stretch alone, which is a day or so many records, whichever ends first. So it is known without
/// an index over all records when the last one that names it is gone: once all of its stretch are.
final class StretchTable {
    /// A sixteenth of the records that are kept: what is gone has no texts for much longer, and what recurs is seldom written anew.
    private static let sharesOfMaximum = 16
    private static let recordsMin = 64
    private static let recordsMax = 1 << 20

    private let close: Statement
    private let open: Statement
    private let find: Statement
    private let count: Statement
    private let length: Int64
    // The open stretch: the records before this id, of this day.
    private var endID: Int64 = 0
    private var day: Int64 = .min

    /// - Parameters:
    ///   - connection: the writing one.
    ///   - maximum: how many records are kept; `nil` means any number.
    /// - Throws: ``SQLiteError`` where the table is not there.
    init(_ connection: Connection, recordsMax maximum: Int?) throws(SQLiteError) {
        self.length = Int64(min(Self.recordsMax, max(Self.recordsMin, (maximum ?? .max) / Self.sharesOfMaximum)))
        self.close = try connection.prepare(
            "UPDATE audit_stretches SET last_record = ?, last_input = ?, last_answer = ? WHERE last_record IS NULL"
        )
        self.open = try connection.prepare(
            "INSERT OR REPLACE INTO audit_stretches (first_record, first_input, first_answer) VALUES (?, ?, ?)"
        )
        self.find = try connection.prepare(
            """
            SELECT first_record, coalesce(last_record, \(Int64.max)) FROM audit_stretches WHERE first_record <= ?
            ORDER BY first_record DESC LIMIT 1
            """
        )
        self.count = try connection.prepare("UPDATE audit_stretches SET removed = removed + ? WHERE first_record = ?")
    }

    /// Whether a record belongs to another stretch than the one before it.
    func isOver(at record: Int64, day: Int64) -> Bool {
        record >= self.endID || day != self.day
    }

    /// Begins a stretch within the open transaction, with the next record and the next texts.
    func begin(at record: Int64, day: Int64, input: Int64, answer: Int64) throws(SQLiteError) {
        try self.end(before: record, input: input, answer: answer)
        self.open.bind(record, at: 1)
        self.open.bind(input, at: 2)
        self.open.bind(answer, at: 3)
        try self.open.run()
        self.endID = record + self.length
        self.day = day
    }

    /// Ends the stretch under way before the next record and the next texts.
    func end(before record: Int64, input: Int64, answer: Int64) throws(SQLiteError) {
        self.close.bind(record - 1, at: 1)
        self.close.bind(input - 1, at: 2)
        self.close.bind(answer - 1, at: 3)
        try self.close.run()
        self.endID = 0
    }

    /// Forgets what a transaction that was rolled back may have begun.
    func forget() {
        self.endID = 0
    }

    /// Counts records that were removed, within the same transaction.
    func countRemoved(_ records: some Sequence<Int64>) throws(SQLiteError) {
        var stretch: ClosedRange<Int64>?
        var number = 0
        for record in records {
            if stretch?.contains(record) != true {
                try self.add(number, to: stretch)
                stretch = try self.stretch(of: record)
                number = 0
            }
            number += 1
        }
        try self.add(number, to: stretch)
    }

    private func stretch(of record: Int64) throws(SQLiteError) -> ClosedRange<Int64>? {
        self.find.bind(record, at: 1)
        defer { self.find.reset() }
        guard try self.find.step() else { return nil }
        let (first, last) = (self.find.integer(at: 0), self.find.integer(at: 1))
        return first <= last ? first...last : nil
    }

    private func add(_ number: Int, to stretch: ClosedRange<Int64>?) throws(SQLiteError) {
        guard number > 0, let stretch else { return }
        self.count.bind(number, at: 1)
        self.count.bind(stretch.lowerBound, at: 2)
        try self.count.run()
    }
}
