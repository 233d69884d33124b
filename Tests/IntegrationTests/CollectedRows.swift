import AmbassadorCore

@testable import ambassador

/// A sink that keeps what it is given, for results that are known to be small.
final class CollectedRows: RowSink {
    private var columns: [String] = []
    private var rows: [[OutputTable.Value]] = []

    var table: OutputTable { OutputTable(columns: self.columns, rows: self.rows) }

    func begin(_ columns: [String]) {
        self.columns = columns
    }

    func add(_ row: [OutputTable.Value]) {
        self.rows.append(row)
    }
}

extension SQLiteAuditSource {
    /// What a statement gives, at most so many rows.
    func rows(sql: String, limit: Int) async throws -> OutputTable {
        let collected = CollectedRows()
        _ = try await self.rows(sql: sql, limit: limit, into: collected)
        return collected.table
    }

    /// The records of a trace id.
    func record(traceID: TraceID) async throws -> OutputTable {
        let collected = CollectedRows()
        try await self.records(traceID: traceID, into: collected)
        return collected.table
    }
}

extension SQLiteEntrySource {
    /// The newest entries, at most so many.
    func entries(flow: FlowName?, tenant: TenantID?, limit: Int) async throws -> OutputTable {
        let collected = CollectedRows()
        _ = try await self.entries(flow: flow, tenant: tenant, limit: limit, into: collected)
        return collected.table
    }
}
