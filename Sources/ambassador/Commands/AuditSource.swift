import AmbassadorCore

/// Where the `audit` commands read records; read-only.
protocol AuditSource: Sendable {
    /// The records that a query matches, ascending by id. The first column is `id`.
    func records(_ query: AuditQuery) async throws -> OutputTable

    /// What a read-only SQL statement gives, at most so many rows.
    func rows(sql: String, limit: Int) async throws -> OutputTable

    /// Everything that is known of a request, texts included; no row where there is none, several where a caller used a trace id again.
    func record(traceID: TraceID) async throws -> OutputTable
}

/// Which audit records are wanted.
struct AuditQuery: Sendable, Equatable {
    var flow: FlowName?
    var tenant: TenantID?
    /// Any of these; empty means all.
    var outcomes: [Outcome] = []
    /// Inclusive.
    var since: Timestamp?
    /// Exclusive.
    var until: Timestamp?
    /// An SQL expression over the columns.
    var condition: String?
    /// Only records with a larger id.
    var afterID: Int64?
    /// At most so many, the newest ones.
    var limit = 100

    /// The columns that a table shows: as many as fit a terminal, the most telling ones.
    static let shownColumns = [
        "id", "time", "tenant", "flow", "outcome", "detail", "status", "error", "count", "latency_ms", "age_s", "input",
        "trace_id",
    ]
}
