import AmbassadorCore
import AmbassadorSQLite
import NIOCore

/// The audit records of a SQLite file.
///
/// A reader is opened for each question and belongs to it.
struct SQLiteAuditSource: AuditSource {
    let path: String

    func records(_ query: AuditQuery, into sink: any RowSink) async throws -> Bool {
        let reader = try AuditReader(path: self.path)
        try sink.begin(try reader.columns())
        let rows = ReaderRows(sink)
        let isCut = try reader.newest(AuditFilter(query), limit: query.limit) { rows.add($0) }
        try rows.finish()
        return isCut
    }

    func tail(_ query: AuditQuery, after id: Int64?, into sink: any RowSink) async throws -> Int64 {
        let reader = try AuditReader(path: self.path)
        guard let id else { return try self.newest(query, reader, into: sink) }
        let rows = ReaderRows(sink)
        let last = try reader.tail(after: id, AuditFilter(query)) { rows.add($0) }
        try rows.finish()
        return last
    }

    /// The newest records in the order of their ids, which is the order in which others follow.
    private func newest(_ query: AuditQuery, _ reader: AuditReader, into sink: any RowSink) throws -> Int64 {
        let last = try reader.lastID()
        try sink.begin(try reader.columns())
        for id in try reader.newestIDs(AuditFilter(query), limit: query.limit ?? .max) where id <= last {
            // One that was pruned meanwhile is none of the newest any more.
            if let row = try reader.record(id: id) { try sink.add(row.map(OutputTable.Value.init)) }
        }
        return last
    }

    func rows(sql: String, limit: Int?, into sink: any RowSink) async throws -> Bool {
        let rows = ReaderRows(sink)
        var left = limit ?? .max
        var isCut = false
        try AuditReader(path: self.path).query(sql: sql) {
            rows.begin($0)
        } row: { values in
            isCut = left == 0
            left -= isCut ? 0 : 1
            return !isCut && rows.add(values)
        }
        try rows.finish()
        return isCut
    }

    func records(traceID: TraceID, into sink: any RowSink) async throws {
        let reader = try AuditReader(path: self.path)
        try sink.begin(try reader.columns())
        let rows = ReaderRows(sink)
        try reader.records(traceID: traceID) { rows.add($0) }
        try rows.finish()
    }
}

/// Hands a reader's rows to a sink until one cannot be taken, which is thrown once the reader has ended.
private final class ReaderRows {
    private let sink: any RowSink
    private var failure: OutputError?

    init(_ sink: any RowSink) {
        self.sink = sink
    }

    func begin(_ columns: [String]) {
        do throws(OutputError) {
            try self.sink.begin(columns)
        } catch {
            self.failure = error
        }
    }

    /// - Returns: whether more are wanted.
    func add(_ row: [SQLiteValue]) -> Bool {
        guard self.failure == nil else { return false }
        do throws(OutputError) {
            try self.sink.add(row.map(OutputTable.Value.init))
            return true
        } catch {
            self.failure = error
            return false
        }
    }

    func finish() throws(OutputError) {
        if let failure { throw failure }
    }
}

extension AuditFilter {
    fileprivate init(_ query: AuditQuery) {
        self.init()
        self.flow = query.flow
        self.tenant = query.tenant
        self.outcomes = query.outcomes
        self.since = query.since
        self.until = query.until
        self.expression = query.condition
    }
}

extension OutputTable.Value {
    init(_ value: SQLiteValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            case .text(let text): .text(text)
            case .blob(let bytes): .bytes(Array(bytes.readableBytesView))
            }
    }
}
