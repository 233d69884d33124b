import AmbassadorCore

/// The admin API of a running ambassador.
protocol AdminClient: Sendable {
    /// Removes entries everywhere.
    func purge(_ selection: PurgeRequest) async throws -> PurgeResult

    /// The state of the caches, an object as the ambassador gives it.
    func cacheStatistics() async throws -> OutputJSON
}

/// Which entries to purge: at least one part is given.
struct PurgeRequest: Sendable, Equatable {
    var flow: FlowName?
    var tenant: TenantID?
    var key: String?
    var all = false

    /// The body of the request.
    var json: OutputJSON {
        var members: [(name: String, value: OutputJSON)] = []
        if let flow { members.append(("flow", .string(flow.description))) }
        if let tenant { members.append(("tenant", .string(tenant.description))) }
        if let key { members.append(("key", .string(key))) }
        if self.all { members.append(("all", .boolean(true))) }
        return .object(members)
    }
}

/// How many entries a purge removed; `nil` where a cache cannot count them or is away.
struct PurgeResult: Sendable, Equatable, Decodable {
    let memory: Int?
    let redis: Int?
    let store: Int?

    var table: OutputTable {
        let counts = [self.memory, self.redis, self.store].map { count in
            count.map { OutputTable.Value.integer(Int64($0)) } ?? .null
        }
        return OutputTable(columns: ["memory", "redis", "store"], rows: [counts])
    }
}
