import AmbassadorCore

/// The admin API of a running ambassador.
protocol AdminClient: Sendable {
    /// Removes entries everywhere.
    func purge(_ selection: PurgeRequest) async throws -> PurgeResult

    /// The state of the caches, an object as the ambassador gives it.
    func cacheStatistics() async throws -> JSONValue

    /// Decides about one answer; `verb` is `pin`, `tombstone` or `unpin`.
    func curate(_ verb: String, _ decision: JSONValue) async throws

    /// Has retention delete what is due, by the clock as it stands; returns how many rows went.
    func pruneAudit() async throws -> Int

    /// What was decided about answers, each an object.
    func marks() async throws -> [JSONValue]
}

/// Which entries to purge: at least one part is given.
struct PurgeRequest: Sendable, Equatable {
    var flow: FlowName?
    var tenant: TenantID?
    var key: String?
    /// What LangFlow runs.
    var target: FlowName?
    var olderThanSeconds: Int?
    var text: String?
    var all = false

    /// The body of the request.
    var json: JSONValue {
        var members: [JSONMember] = []
        if let flow { members.append(JSONMember("flow", .text(flow.description))) }
        if let tenant { members.append(JSONMember("tenant", .text(tenant.description))) }
        if let key { members.append(JSONMember("key", .text(key))) }
        if let target { members.append(JSONMember("target", .text(target.description))) }
        if let olderThanSeconds {
            members.append(JSONMember("older_than_seconds", .number(JSONString("\(olderThanSeconds)"))))
        }
        if let text { members.append(JSONMember("text", .text(text))) }
        if self.all { members.append(JSONMember("all", .bool(true))) }
        return .object(members)
    }
}

/// How many entries a purge removed; `nil` where a cache cannot count them or is away.
struct PurgeResult: Sendable, Equatable {
    let memory: Int?
    let redis: Int?
    let store: Int?
    /// Whether other replicas know: `told`, `pending`, or nothing where there are none.
    var replicas: String?
    /// Answers that may contain the text: their inputs are not stored.
    var unjudged = 0
    /// Whether nothing that was to be removed is left anywhere.
    var isComplete = true

    init(memory: Int?, redis: Int?, store: Int?) {
        self.memory = memory
        self.redis = redis
        self.store = store
    }

    /// Reads the admin API's answer; `nil` where it is something else than an object of counts and nulls.
    init?(_ answer: JSONValue) {
        guard case .object = answer else { return nil }
        for part in [answer["memory"], answer["redis"], answer["store"]] {
            guard part == nil || part == .null || part?.count != nil else { return nil }
        }
        self.init(memory: answer["memory"]?.count, redis: answer["redis"]?.count, store: answer["store"]?.count)
        self.replicas = answer["replicas"]?.string?.text
        self.unjudged = answer["unjudged"]?.count ?? 0
        self.isComplete = answer["complete"] != .bool(false)
    }

    var table: OutputTable {
        let counts = [self.memory, self.redis, self.store].map { count in
            count.map { OutputTable.Value.integer(Int64($0)) } ?? .null
        }
        let replicas = self.replicas.map { OutputTable.Value.text($0) } ?? .null
        return OutputTable(
            columns: ["memory", "redis", "store", "replicas", "unjudged"],
            rows: [counts + [replicas, .integer(Int64(self.unjudged))]]
        )
    }
}
