/// A limit with its buckets.
final class AppliedLimit: Sendable {
    private enum Buckets {
        case local(BucketTable<TokenBucket>)
        case shared(SharedBuckets)
    }

    let policy: LimitPolicy
    let metrics: LimitMetrics
    private let flows: [FlowPattern]
    private let shape: BucketShape
    private let buckets: Buckets
    private let byTenant: Bool
    private let byPrincipal: Bool
    private let byFlow: Bool
    let byAddress: Bool

    /// - Parameters:
    ///   - limit: what the operator has set.
    ///   - capacity: how many subjects may have a bucket of their own.
    ///   - source: where shared buckets are; `nil` makes a shared limit local.
    ///   - registry: where its instruments are added.
    ///   - now: the microseconds of the monotonic clock.
    init(
        _ limit: RateLimit,
        capacity: Int,
        source: (any LeaseSource)?,
        registry: MetricRegistry,
        now: @escaping @Sendable () -> UInt64
    ) {
        guard let shape = BucketShape(rate: limit.rate, burst: limit.burst) else {
            preconditionFailure("a limit checks its burst when it is made")
        }
        let metrics = LimitMetrics(limit, registry)
        self.policy = LimitPolicy(limit)
        self.metrics = metrics
        self.flows = limit.flows
        self.shape = shape
        self.byPrincipal = limit.by.contains(.principal)
        // A principal is unique within its tenant alone.
        self.byTenant = limit.by.contains(.tenant) || limit.by.contains(.principal)
        self.byFlow = limit.by.contains(.flow)
        self.byAddress = limit.by.contains(.address)
        if limit.isShared, let source {
            let buckets = SharedBuckets(
                limit,
                shape,
                capacity: capacity,
                source: source,
                metrics: metrics,
                now: now
            )
            self.buckets = .shared(buckets)
            registry.gauge(.limitBuckets, ("limit", limit.name)) { Double(buckets.count) }
        } else {
            let table = BucketTable<TokenBucket>(shape, capacity: capacity, overflowed: metrics.overflowed)
            self.buckets = .local(table)
            registry.gauge(.limitBuckets, ("limit", limit.name)) { Double(table.count) }
        }
    }

    /// Whether its verdict depends on the flow.
    var dependsOnFlow: Bool { self.byFlow || !self.flows.isEmpty }

    /// Whether the limit says anything about the subject.
    func applies(to subject: LimitSubject) -> Bool {
        guard !self.flows.isEmpty else { return true }
        guard let flow = subject.flow else { return false }
        return self.flows.contains { $0.matches(flow) }
    }

    /// The bucket of a subject, whose address was read already where any limit counts by it.
    func key(for subject: LimitSubject, _ network: ClientNetwork?) -> BucketKey {
        BucketKey(
            tenant: self.byTenant ? subject.tenant : nil,
            principal: self.byPrincipal ? subject.principal : nil,
            flow: self.byFlow ? subject.flow : nil,
            network: self.byAddress ? network : nil
        )
    }

    /// Takes a token if one is here.
    func decide(_ key: BucketKey, at now: UInt64) -> BucketVerdict {
        switch self.buckets {
        case .local(let table): table.withBucket(key, at: now) { bucket, _ in bucket.decide(self.shape, at: now) }
        case .shared(let buckets): buckets.decide(key, at: now)
        }
    }

    /// What the subject would be told, were it refused now; takes nothing.
    ///
    /// - Returns: `nil` where it would not be refused, or nothing is known.
    func refusal(_ key: BucketKey, at now: UInt64) -> BucketLevel? {
        switch self.buckets {
        case .local(let table): table.withExistingBucket(key) { $0.refusal(self.shape, at: now) } ?? nil
        case .shared(let buckets): buckets.refusal(key, at: now)
        }
    }

    /// Puts back a token of a request that was not admitted after all.
    func giveBack(_ key: BucketKey, at now: UInt64) {
        switch self.buckets {
        case .local(let table): table.withExistingBucket(key) { $0.giveBack(self.shape) }
        case .shared(let buckets): buckets.giveBack(key, at: now)
        }
    }

    /// Takes a token of a shared limit, waiting for one where need be; never ``BucketVerdict/unknown``.
    func token(_ key: BucketKey) async -> BucketVerdict {
        switch self.buckets {
        case .local: preconditionFailure("the tokens of a local limit are all here")
        case .shared(let buckets): await buckets.token(key)
        }
    }
}
