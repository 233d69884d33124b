import AmbassadorCore

/// Where the `cache` commands read stored entries; read-only.
protocol EntrySource: Sendable {
    /// The entries of a flow and tenant, the newest first. The first column is `key`.
    ///
    /// The flow is the one that LangFlow ran; a flow or tenant of `nil` means all.
    ///
    /// - Returns: whether there are more than `limit`; `nil` is no limit.
    func entries(flow: FlowName?, tenant: TenantID?, limit: Int?, into sink: any RowSink) async throws -> Bool

    /// Everything that is known of an entry, its answer included; no row where there is none.
    func entry(key: String) async throws -> OutputTable
}
