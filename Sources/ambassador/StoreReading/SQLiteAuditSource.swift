import AmbassadorCore
import AmbassadorSQLite
import NIOCore

/// The audit records of a SQLite file.
///
/// A reader is opened for each question and belongs to it.
struct SQLiteAuditSource: AuditSource {
    let path: String

    func records(_ query: AuditQuery) async throws -> OutputTable {
        let reader = try AuditReader(path: self.path)
        var filter = AuditFilter()
        filter.flow = query.flow
        filter.tenant = query.tenant
        filter.outcomes = query.outcomes
        filter.since = query.since
        filter.until = query.until
        filter.expression = query.condition
        filter.limit = query.limit
        var rows: [[OutputTable.Value]] = []
        if let id = query.afterID {
            _ = try reader.tail(after: id, filter) { row in
                rows.append(row.map(OutputTable.Value.init))
                return rows.count < query.limit
            }
        } else {
            try reader.query(filter) { row in
                rows.append(row.map(OutputTable.Value.init))
                return true
            }
            // The newest ones were asked for, and are shown as they came.
            rows.reverse()
        }
        return OutputTable(columns: try reader.columns(), rows: rows)
    }

    func rows(sql: String, limit: Int) async throws -> OutputTable {
        var names: [String] = []
        var rows: [[OutputTable.Value]] = []
        try AuditReader(path: self.path).query(sql: sql) {
            names = $0
        } row: { row in
            rows.append(row.map(OutputTable.Value.init))
            return rows.count < limit
        }
        return OutputTable(columns: names, rows: rows)
    }

    func record(traceID: TraceID) async throws -> OutputTable {
        let reader = try AuditReader(path: self.path)
        let rows = try reader.records(traceID: traceID).map { $0.map(OutputTable.Value.init) }
        return OutputTable(columns: try reader.columns(), rows: rows)
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
