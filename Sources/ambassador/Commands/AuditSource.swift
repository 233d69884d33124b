import AmbassadorCore

/// Where the `audit` commands read records; read-only.
protocol AuditSource: Sendable {
    /// The newest records that a query matches, by the time at which their requests began, from the oldest of these on.
    ///
    /// - Returns: whether more match than the query's limit lets through.
    func records(_ query: AuditQuery, into sink: any RowSink) async throws -> Bool

    /// Records in the order in which they were written: the newest ones, or those behind an id, each once.
    ///
    /// The sink's columns begin with the first look, which has no id.
    ///
    /// - Returns: the id to go on from.
    func tail(_ query: AuditQuery, after id: Int64?, into sink: any RowSink) async throws -> Int64

    /// What a read-only SQL statement gives.
    ///
    /// - Returns: whether it gives more than `limit` rows; `nil` is no limit.
    func rows(sql: String, limit: Int?, into sink: any RowSink) async throws -> Bool

    /// Everything that is known of a request, texts included; no row where there is none, several where a caller used a trace id again.
    func records(traceID: TraceID, into sink: any RowSink) async throws
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
    /// At most so many, the newest ones; `nil` means all.
    var limit: Int? = 100

    /// The columns that a table shows: as many as fit a terminal, the most telling ones.
    static let shownColumns = [
        "id", "time", "tenant", "flow", "outcome", "detail", "status", "error", "error_detail", "count", "latency_ms",
        "age_s", "input", "trace_id",
    ]
}
