/// The buckets of a limit that replicas share.
///
/// Decisions are made from leases, without asking anybody; who finds none waits for one that all who wait for the same
/// bucket have in common. Where the shared buckets cannot be reached, this replica decides alone, by a bucket of the
/// same rate.
final class SharedBuckets: Sendable {
    /// The callers who may wait for tokens of one bucket.
    static let waitersMax = 4096
    /// A lease holds what comes in so long, so that a busy replica asks about twenty times a second.
    private static let batchMilliseconds = 50

    private let limit: RateLimit
    private let shape: BucketShape
    private let batch: Int
    private let source: any LeaseSource
    private let now: @Sendable () -> UInt64
    private let table: BucketTable<SharedBucket>
    private let metrics: LimitMetrics

    /// - Parameters:
    ///   - limit: whose buckets they are.
    ///   - shape: of its rate and burst.
    ///   - capacity: how many subjects may have a bucket of their own.
    ///   - source: where the buckets are.
    ///   - metrics: the limit's instruments.
    ///   - now: the microseconds of the monotonic clock.
    init(
        _ limit: RateLimit,
        _ shape: BucketShape,
        capacity: Int,
        source: any LeaseSource,
        metrics: LimitMetrics,
        now: @escaping @Sendable () -> UInt64
    ) {
        self.limit = limit
        self.shape = shape
        let batch = limit.rate.count * Self.batchMilliseconds / (limit.rate.periodSeconds * 1000)
        self.batch = min(limit.burst, max(1, batch))
        self.source = source
        self.now = now
        self.metrics = metrics
        self.table = BucketTable(shape, capacity: capacity, overflowed: metrics.overflowed)
    }

    var count: Int { self.table.count }

    func decide(_ key: BucketKey, at now: UInt64) -> BucketVerdict {
        let (verdict, isAlone) = self.table.withBucket(key, at: now) { bucket, _ in
            (bucket.decide(self.shape, at: now), bucket.isAlone(at: now))
        }
        if isAlone { self.metrics.alone.increment() }
        return verdict
    }

    func refusal(_ key: BucketKey, at now: UInt64) -> BucketLevel? {
        self.table.withExistingBucket(key) { $0.refusal(self.shape, at: now) } ?? nil
    }

    func giveBack(_ key: BucketKey, at now: UInt64) {
        self.table.withExistingBucket(key) { $0.giveBack(self.shape, at: now) }
    }

    /// Takes a token, waiting for a lease where none is here.
    ///
    /// Ends within two deadlines of the source. A task that is cancelled waits as well: its token would be lost
    /// otherwise.
    ///
    /// - Returns: never ``BucketVerdict/unknown``.
    func token(_ key: BucketKey) async -> BucketVerdict {
        let now = self.now()
        let waiter = SharedBucket.Waiter()
        let joined = self.table.withBucket(key, at: now) { bucket, key -> Joined in
            let verdict = bucket.decide(self.shape, at: now)
            guard verdict == .unknown else { return .decided(verdict) }
            guard bucket.waiterCount < Self.waitersMax else { return .crowded }
            return .waiting(bucket.join(waiter, self.shape, batch: self.batch, at: now), key)
        }
        switch joined {
        case .decided(let verdict):
            return verdict
        case .crowded:
            // The queue is longer than a lease takes to come: there is an attack, or Redis is at its end.
            return .refused(BucketLevel(remaining: 0, resetMicroseconds: SharedBucket.lifetime))
        case .waiting(let tokens, let key):
            if tokens > 0 { self.ask(for: tokens, key) }
            return await waiter.value()
        }
    }

    private enum Joined {
        case decided(BucketVerdict)
        case crowded
        case waiting(Int, BucketKey)
    }

    /// Asks in a task of its own, since its answer belongs to all who wait and not to the one who came first.
    private func ask(for tokens: Int, _ key: BucketKey) {
        let request = LeaseRequest(bucket: key.digest(of: self.limit), shape: self.shape, tokens: tokens)
        Task {
            let sentAt = self.now()
            let grant = await self.source.lease(request)
            self.metrics.count(grant)
            let now = self.now()
            // A bucket of which a question is under way is never forgotten.
            let settlement = self.table.withExistingBucket(key) {
                $0.settle(grant, asked: tokens, sentAt: sentAt, self.shape, at: now)
            }
            guard let settlement else { preconditionFailure("a bucket was forgotten while it was asked for tokens") }
            for (waiter, verdict) in settlement.deliveries {
                if grant == nil { self.metrics.alone.increment() }
                waiter.deliver(verdict)
            }
            if settlement.askNext > 0 { self.ask(for: settlement.askNext, key) }
        }
    }
}
