/// A statement that is run again and again with much the same values: what a place has is not bound again.
///
/// To bind costs a call, and a text also a copy and an allocation, which is a fourth of what an audit record takes to write.
final class RepeatedStatement {
    /// What SQLite keeps at a place between two runs.
    private enum Bound: Equatable {
        case unknown
        case integer(Int64)
        case null
        /// By its number.
        case text(Int64)
    }

    private let statement: Statement
    private var bound: ContiguousArray<Bound>

    /// `count` is that of the statement's parameters, whose positions start at 1.
    init(_ statement: Statement, count: Int) {
        self.statement = statement
        self.bound = ContiguousArray(repeating: .unknown, count: count + 1)
    }

    func bind(_ value: Int64?, at position: Int) {
        let new = value.map(Bound.integer) ?? .null
        guard self.bound[position] != new else { return }
        self.bound[position] = new
        self.statement.bind(value, at: Int32(position))
    }

    func bind(_ text: NumberedText, at position: Int) {
        guard self.bound[position] != .text(text.number) else { return }
        self.bound[position] = .text(text.number)
        self.statement.bind(text.text, at: Int32(position))
    }

    /// Runs it; after an error nothing counts as bound.
    func run() throws(SQLiteError) {
        do throws(SQLiteError) {
            try self.statement.run()
        } catch {
            for position in self.bound.indices { self.bound[position] = .unknown }
            throw error
        }
    }
}
