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
    /// Bytes of texts after which a page ends; texts have megabytes each.
    private static let pageBytesMax = 4 << 20
    /// Places of records, of 16 bytes each, that one transaction covers.
    private static let pagePlaces = 20_000

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
    /// The values of a row are in the order of ``columns()``. No transaction is open while `body` runs: it may wait for a slow reader.
    package func query(_ filter: AuditFilter, _ body: ([SQLiteValue]) -> Bool) throws(SQLiteError) {
        try self.query(filter, after: nil, body)
    }

    /// Reads the newest of the records that a filter names, `limit` of them at most, from the oldest of these on.
    ///
    /// The filter's order and limit do not count. What is written meanwhile is not among them, and memory does not grow with their number.
    ///
    /// - Returns: whether there are more.
    package func newest(
        _ filter: AuditFilter,
        limit: Int?,
        _ body: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) -> Bool {
        var filter = filter
        filter.ids = 0...(try self.lastID())
        var start: AuditFilter.Cursor?
        var isCut = false
        if let limit {
            (start, isCut) = try self.start(of: filter, limit: limit)
        }
        filter.order = .oldestFirst
        filter.limit = limit
        try self.query(filter, after: start, body)
        return isCut
    }

    /// The ids of the newest of the records that a filter names, ascending.
    package func newestIDs(_ filter: AuditFilter, limit: Int) throws(SQLiteError) -> [Int64] {
        var ids: [Int64] = []
        try self.places(filter, limit: limit) { place in
            ids.append(place.id)
            return true
        }
        return ids.sorted()
    }

    /// The place behind which the newest records begin; `nil` where these are all.
    private func start(
        of filter: AuditFilter,
        limit: Int
    ) throws(SQLiteError) -> (cursor: AuditFilter.Cursor?, isCut: Bool) {
        var seen = 0
        var first: AuditFilter.Cursor?
        try self.places(filter, limit: limit + 1) { place in
            seen += 1
            if seen <= limit { first = place }
            return true
        }
        guard seen > limit, var first else { return (nil, false) }
        // Places are read from behind a cursor on.
        first.id -= 1
        return (first, true)
    }

    /// Tells the places of records, the newest first.
    private func places(
        _ filter: AuditFilter,
        limit: Int,
        _ body: (AuditFilter.Cursor) -> Bool
    ) throws(SQLiteError) {
        guard try self.areKnown(filter) else { return }
        var filter = filter
        filter.order = .newestFirst
        var left = limit
        var cursor: AuditFilter.Cursor?
        while left > 0 {
            let rows = min(left, Self.pagePlaces)
            let (text, values) = filter.sql(after: cursor, rows: rows, placesOnly: true)
            var page: [AuditFilter.Cursor] = []
            try self.read(text, values) { row in
                if case .integer(let time) = row[0], case .integer(let id) = row[1] {
                    page.append(AuditFilter.Cursor(time: time, id: id))
                }
                return true
            }
            for place in page { guard body(place) else { return } }
            guard page.count == rows else { return }
            cursor = page.last
            left -= rows
        }
    }

    private func query(
        _ filter: AuditFilter,
        after start: AuditFilter.Cursor?,
        _ body: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) {
        let columns = try self.columns()
        guard let idColumn = columns.firstIndex(of: "id"), let timeColumn = columns.firstIndex(of: "time_ms") else {
            throw .engine(.misuse, message: "the view audit lacks a column", offset: nil)
        }
        guard try self.areKnown(filter) else { return }
        var left = filter.limit ?? .max
        var cursor = start
        while left > 0 {
            let rows = min(left, Self.pageRows)
            let (text, values) = filter.sql(after: cursor, rows: rows)
            let (page, isFull) = try self.page(text, values, rows: rows)
            for row in page {
                if case .integer(let time) = row[timeColumn], case .integer(let id) = row[idColumn] {
                    cursor = AuditFilter.Cursor(time: time, id: id)
                }
                guard body(row) else { return }
            }
            guard isFull else { return }
            left -= page.count
        }
    }

    /// As many rows as a page holds, and whether there may be more.
    private func page(
        _ sql: String,
        _ values: [SQLiteValue],
        rows: Int
    ) throws(SQLiteError) -> (rows: [[SQLiteValue]], isFull: Bool) {
        var page: [[SQLiteValue]] = []
        var bytes = 0
        try self.read(sql, values) { row in
            page.append(row)
            bytes += row.reduce(0) { $0 + $1.byteCount }
            return bytes < Self.pageBytesMax
        }
        return (page, page.count == rows || bytes >= Self.pageBytesMax)
    }

    // A name that no record has would be looked for in all of them.
    private func areKnown(_ filter: AuditFilter) throws(SQLiteError) -> Bool {
        for name in [filter.flow?.description, filter.tenant?.description] where try !self.isKnown(name) {
            return false
        }
        return true
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

    /// Reads the records of a trace id, the oldest first; callers may send one id any number of times.
    package func records(traceID: TraceID, _ body: ([SQLiteValue]) -> Bool) throws(SQLiteError) {
        var filter = AuditFilter()
        filter.traceID = traceID
        filter.order = .oldestFirst
        try self.query(filter, body)
    }

    /// The records of a trace id, for who knows that they are few.
    package func records(traceID: TraceID) throws(SQLiteError) -> [[SQLiteValue]] {
        var found: [[SQLiteValue]] = []
        try self.records(traceID: traceID) { row in
            found.append(row)
            return true
        }
        return found
    }

    /// The id of the newest record; zero where there is none.
    package func lastID() throws(SQLiteError) -> Int64 {
        try self.connection.integer("SELECT max(id) FROM audit_records") ?? 0
    }

    /// Reads the records that were committed after an id, in the order of their ids, each once.
    ///
    /// The filter's order and limit do not count. Returns the id to go on from: that of the record with which `body` wanted no more, or
    /// the last one that there was.
    package func tail(
        after id: Int64,
        _ filter: AuditFilter = AuditFilter(),
        _ body: ([SQLiteValue]) -> Bool
    ) throws(SQLiteError) -> Int64 {
        let last = try self.lastID()
        guard last > id else { return id }
        var filter = filter
        filter.order = .asWritten
        filter.limit = nil
        filter.ids = (id + 1)...last
        guard let idColumn = try self.columns().firstIndex(of: "id") else {
            throw .engine(.misuse, message: "the view audit lacks a column", offset: nil)
        }
        var reached = last
        try self.query(filter) { row in
            let wantsMore = body(row)
            if !wantsMore, case .integer(let id) = row[idColumn] { reached = id }
            return wantsMore
        }
        return reached
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
