import AmbassadorCore

/// Where the `cache` commands read stored entries; read-only.
protocol EntrySource: Sendable {
    /// The entries of a flow and tenant, the newest first. The first column is `key`.
    ///
    /// The flow is the one that LangFlow ran; a flow or tenant of `nil` means all. At most `limit` rows.
    func entries(flow: FlowName?, tenant: TenantID?, limit: Int) async throws -> OutputTable

    /// Everything that is known of an entry, its answer included; no row where there is none.
    func entry(key: String) async throws -> OutputTable
}
