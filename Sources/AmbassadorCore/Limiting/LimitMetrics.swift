/// The instruments of one limit, made once.
struct LimitMetrics: Sendable {
    /// Requests that it refused.
    let refused: Counter
    /// Decisions made with a bucket that several subjects share for want of room.
    let overflowed: Counter
    /// Decisions about a shared limit that were made without the other replicas.
    let alone: Counter
    private let leases: (granted: Counter, short: Counter, unreachable: Counter)

    init(_ limit: RateLimit, _ registry: MetricRegistry) {
        let label: MetricRegistry.Label = ("limit", limit.name)
        self.refused = registry.counter(.limitRefusals, label)
        self.overflowed = registry.counter(.limitOverflows, label)
        guard limit.isShared else {
            self.alone = Counter()
            self.leases = (Counter(), Counter(), Counter())
            return
        }
        self.alone = registry.counter(.limitAlone, label)
        self.leases = (
            registry.counter(.limitLeases, label, ("result", "granted")),
            registry.counter(.limitLeases, label, ("result", "short")),
            registry.counter(.limitLeases, label, ("result", "unreachable"))
        )
    }

    /// Counts the end of a question for tokens.
    func count(_ grant: LeaseGrant?) {
        switch grant {
        case nil: self.leases.unreachable.increment()
        case .some(let grant): (grant.tokens > 0 ? self.leases.granted : self.leases.short).increment()
        }
    }
}
