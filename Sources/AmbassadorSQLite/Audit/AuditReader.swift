package import AmbassadorCore
package import NIOCore

/// Reads audit records out of the file of an ambassador that may be running; writes nothing and makes no files.
///
/// For the CLI: it blocks, and belongs to the thread that made it.
package final class AuditReader {
    /// Records that one read transaction covers at most: a long one would keep the write-ahead log from being emptied.
    private static let pageRows = 2_000
    /// Bytes of rows that are held while a statement goes on.
    private static let heldBytesMax = 8 << 20

    private let connection: Connection
    private let timeLimit: TimeAmount

    /// - Parameters:
    ///   - path: the file of an ambassador, running or not.
    ///   - timeLimit: after which each statement is stopped with ``SQLiteError/timeLimit``; one covers 2,000 records at most.
    /// - Throws: ``SQLiteError`` where the file is missing, not one of an ambassador, or of another version.
    package init(path: String, timeLimit: TimeAmount = .seconds(30)) throws(SQLiteError) {
        self.timeLimit = timeLimit
        self.connection = try ReadingConnection.open(path: path)
        self.connection.allowReadingOnly()
    }

    /// The columns of the view `audit`, in the order of the values of a row.
    package func columns() throws(SQLiteError) -> [String] {
        Self.names(of: try self.connection.prepare("SELECT * FROM audit LIMIT 0"))
    }

    /// Reads the records that a filter names, as rows of the view `audit`, until `body` returns that it wants no more.
    ///
    /// The values of a row are in the order of ``columns()``.
    package func query(_ filter: AuditFilter, _ body: ([SQLiteValue]) -> Bool) throws(SQLiteError) {
        let columns = try self.columns()
        guard let idColumn = columns.firstIndex(of: "id"), let timeColumn = columns.firstIndex(of: "time_ms") else {
            throw .engine(.misuse, message: "the view audit lacks a column", offset: nil)
        }
        // A name that no record has would be looked for in all of them.
        for name in [filter.flow?.description, filter.tenant?.description] where try !self.isKnown(name) { return }
        var left = filter.limit ?? .max
        var cursor: (time: Int64, id: Int64)?
        while left > 0 {
            let rows = min(left, Self.pageRows)
            let (text, values) = filter.sql(after: cursor, rows: rows)
            var found = 0
            var wantsMore = true
            try self.read(text, values) { row in
                found += 1
                if case .integer(let time) = row[timeColumn], case .integer(let id) = row[idColumn] {
                    cursor = (time, id)
                }
                wantsMore = body(row)
                return wantsMore
            }
            guard wantsMore, found == rows else { return }
            left -= found
        }
    }

    /// The record of an id, or `nil`.
    package func record(id: Int64) throws(SQLiteError) -> [SQLiteValue]? {
        var found: [SQLiteValue]?
        try self.read("SELECT * FROM audit WHERE id = ?", [.integer(id)]) { row in
            found = row
            return false
        }
        return found
    }

    /// The records of a trace id, the oldest first; callers may send one id several times.
    package func records(traceID: TraceID) throws(SQLiteError) -> [[SQLiteValue]] {
        var filter = AuditFilter()
        filter.traceID = traceID
        filter.order = .oldestFirst
        var found: [[SQLiteValue]] = []
        try self.query(filter) { row in
            found.append(row)
            return true
        }
        return found
    }

    /// The id of the newest record; zero where there is none.
    package func lastID() throws(SQLiteError) -> Int64 {
        try self.connection.integer("SELECT max(id) FROM audit_records") ?? 0
    }

    /// Reads the records that were committed after an id, in the order of their ids.
    ///
    /// The filter's order and limit do not count. Returns the id to go on from.
    package func tail(
        after id: Int64,
        _ filter: AuditFilter = AuditFilter(),
        _ body: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) -> Int64 {
        let last = try self.lastID()
        guard last > id else { return id }
        var filter = filter
        filter.order = .oldestFirst
        filter.limit = nil
        filter.ids = (id + 1)...last
        try self.query(filter, body)
        return last
    }

    /// Runs one reading statement of the operator's own.
    ///
    /// - Parameters:
    ///   - sql: one statement; a semicolon may end it.
    ///   - timeLimit: after which it is stopped with ``SQLiteError/timeLimit``.
    ///   - columns: is told the names of the columns, before the first row.
    ///   - row: takes a row; returns whether it wants more.
    /// - Throws: ``SQLiteError/engine(_:message:offset:)`` with SQLite's words and the place where the SQL is wrong.
    package func query(
        sql: String,
        timeLimit: TimeAmount = .seconds(60),
        columns: ([String]) -> Void,
        row: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) {
        let statement: Statement
        do throws(SQLiteError) {
            statement = try self.connection.prepare(sql)
        } catch .engine(.notAuthorized, _, _) {
            throw .notReadOnly(reason: "it does more than read")
        }
        guard statement.isReadOnly else { throw .notReadOnly(reason: "it writes") }
        columns(Self.names(of: statement))
        try self.deliver(statement, within: timeLimit, to: row)
    }

    /// Hands the rows of a statement over, most of them once it has ended: whoever takes them may take long, and the write-ahead log
    /// is not held open for that, nor is it the statement's time.
    private func deliver(
        _ statement: Statement,
        within limit: TimeAmount,
        to body: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) {
        self.connection.setTimeLimit(limit)
        defer { self.connection.setTimeLimit(nil) }
        var held: [[SQLiteValue]] = []
        var bytes = 0
        while try statement.step() {
            let row = Self.values(of: statement)
            bytes += row.reduce(64) { $0 + $1.byteCount }
            held.append(row)
            guard bytes > Self.heldBytesMax else { continue }
            let begin = NIODeadline.now()
            guard held.allSatisfy(body) else { return statement.reset() }
            self.connection.limiter.pause(for: .now() - begin)
            (held, bytes) = ([], 0)
        }
        statement.reset()
        _ = held.allSatisfy(body)
    }

    private func isKnown(_ name: String?) throws(SQLiteError) -> Bool {
        guard let name else { return true }
        var isKnown = false
        try self.read("SELECT 1 FROM names WHERE name = ?", [.text(name)]) { _ in
            isKnown = true
            return false
        }
        return isKnown
    }

    private func read(
        _ sql: String,
        _ values: [SQLiteValue],
        _ body: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) {
        let statement: Statement
        do throws(SQLiteError) {
            statement = try self.connection.prepare(sql)
        } catch .engine(.notAuthorized, _, _) {
            throw .notReadOnly(reason: "it does more than read")
        }
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        try self.deliver(statement, within: self.timeLimit, to: body)
    }

    /// How SQLite would find the records of a filter, one line a step.
    func plan(of filter: AuditFilter) throws(SQLiteError) -> [String] {
        let (text, values) = filter.sql(after: nil, rows: Self.pageRows)
        var steps: [String] = []
        try self.read("EXPLAIN QUERY PLAN \(text)", values) { row in
            if case .text(let step)? = row.last { steps.append(step) }
            return true
        }
        return steps
    }

    private static func names(of statement: Statement) -> [String] {
        (0..<statement.columnCount).map { statement.columnName(at: $0) }
    }

    private static func values(of statement: Statement) -> [SQLiteValue] {
        (0..<statement.columnCount).map { statement.value(at: $0) }
    }
}
