/// The statements that write audit records, many rows at once as long as enough are to come.
///
/// Most of what a row costs on its own is to begin and to end a statement and to find the place in each index anew; sixteen rows to a
/// statement take a third less than sixteen statements. A row binds only what differs from the row that its place had last.
final class RecordInsertion {
    /// More of them save next to nothing.
    static let rows = 16
    private static let columns = """
        id, time, trace_high, trace_low, node, route, tenant, flow, target, outcome, detail, status, error, total_us, upstream_us,
        attempts, request_bytes, response_bytes, input_tokens, output_tokens, cost_nanos, saved_nanos, age_s, input, answer,
        principal, client_address, count, error_detail, issuer
        """
    private static let columnCount = RecordInsertion.columns.split(separator: ",").count

    private let many: RepeatedStatement
    private let one: RepeatedStatement
    // Records that were announced and have no row yet, and the rows of `many` that are bound.
    private var coming = 0
    private var bound = 0

    init(_ connection: Connection) throws(SQLiteError) {
        self.many = try Self.statement(rows: Self.rows, on: connection)
        self.one = try Self.statement(rows: 1, on: connection)
    }

    /// Says how many records come next; rows that were bound and not written are forgotten.
    func expect(_ count: Int) {
        self.coming = count
        self.bound = 0
    }

    /// The row of the next record.
    var nextRow: Row {
        let isAmongMany = self.bound > 0 || self.coming >= Self.rows
        return isAmongMany
            ? Row(statement: self.many, position: self.bound * Self.columnCount, isAmongMany: true)
            : Row(statement: self.one, position: 0, isAmongMany: false)
    }

    /// Takes a row whose columns are all bound, and writes what is full.
    func add(_ row: Row) throws(SQLiteError) {
        self.coming -= 1
        guard row.isAmongMany else { return try self.one.run() }
        self.bound += 1
        guard self.bound == Self.rows else { return }
        self.bound = 0
        try self.many.run()
    }

    private static func statement(rows: Int, on connection: Connection) throws(SQLiteError) -> RepeatedStatement {
        RepeatedStatement(try connection.prepare(Self.sql(rows: rows)), count: rows * Self.columnCount)
    }

    // With OR FAIL rather than the usual OR ABORT, for which SQLite copies each page that a statement of many rows touches, so that it
    // can undo that statement alone. Here the whole transaction is rolled back.
    private static func sql(rows: Int) -> String {
        let row = "(" + Array(repeating: "?", count: Self.columnCount).joined(separator: ", ") + ")"
        let values = Array(repeating: row, count: rows).joined(separator: ", ")
        return "INSERT OR FAIL INTO audit_records (\(Self.columns)) VALUES \(values)"
    }

    /// One record's columns, bound in their order.
    struct Row {
        fileprivate let statement: RepeatedStatement
        // Of the columns that are bound.
        fileprivate var position: Int
        fileprivate let isAmongMany: Bool

        mutating func bind(_ value: Int64?) {
            self.position += 1
            self.statement.bind(value, at: self.position)
        }

        mutating func bind(_ value: Int?) {
            self.bind(value.map(Int64.init))
        }

        mutating func bind(bits: UInt64) {
            self.bind(Int64(bitPattern: bits))
        }

        /// Binds a text whose number no other text has.
        mutating func bind(_ text: NumberedText) {
            self.position += 1
            self.statement.bind(text, at: self.position)
        }
    }
}
