/// What one replica knows of a bucket that all replicas share, without any I/O.
///
/// Tokens are debited from the shared bucket before they are spent here, several at once: a lease. So all replicas
/// together never spend more than the shared bucket gave. A lease that is not spent in a second is void, and its tokens
/// are lost: that costs callers a little and never lets too many through.
///
/// Not safe for concurrent use.
struct SharedBucket: LimitBucket {
    /// Somebody who waits for a token.
    typealias Waiter = OneShot<BucketVerdict>

    /// How long a lease may be spent, how long an empty shared bucket is not asked again, and how long decisions are
    /// made here alone before one that cannot be reached is tried again.
    static let lifetime: UInt64 = 1_000_000

    /// The same rate for this replica alone, for as long as the shared bucket cannot be reached.
    ///
    /// Debited in good times too, so that an outage does not begin with a full bucket.
    private var own: TokenBucket
    private(set) var tokens = 0
    private var expiresAt: UInt64 = 0
    private(set) var leaseSize = 1
    /// What was left in the shared bucket when it was last asked.
    private var leftThere: Int
    /// Until when it is known to be empty.
    private var emptyUntil: UInt64 = 0
    private var askAgainAt: UInt64 = 0
    private(set) var aloneUntil: UInt64 = 0
    private var waiters: [Waiter] = []
    private(set) var isAsking = false

    init(_ shape: BucketShape, at now: UInt64) {
        self.own = TokenBucket(shape, at: now)
        self.leftThere = shape.burst
    }

    func isIdle(_ shape: BucketShape, at now: UInt64) -> Bool {
        !self.isAsking && self.waiters.isEmpty && (self.tokens == 0 || now >= self.expiresAt)
            && now >= self.aloneUntil && now >= self.askAgainAt && self.own.isFull(shape, at: now)
    }

    /// Whether decisions are made without the other replicas.
    func isAlone(at now: UInt64) -> Bool { now < self.aloneUntil }

    /// Takes a token if one is here.
    mutating func decide(_ shape: BucketShape, at now: UInt64) -> BucketVerdict {
        if self.isAlone(at: now) { return self.own.decide(shape, at: now) }
        if self.tokens > 0, now < self.expiresAt {
            self.tokens -= 1
            _ = self.own.decide(shape, at: now)
            return .taken(self.level(shape))
        }
        if let level = self.emptyLevel(at: now) { return .refused(level) }
        return .unknown
    }

    /// What somebody is told who would be refused now; `nil` where nobody would, or nothing is known.
    mutating func refusal(_ shape: BucketShape, at now: UInt64) -> BucketLevel? {
        if self.isAlone(at: now) { return self.own.refusal(shape, at: now) }
        return self.tokens > 0 && now < self.expiresAt ? nil : self.emptyLevel(at: now)
    }

    /// Puts back a token that was taken for a request that then was not admitted; a lease that is over takes none back.
    mutating func giveBack(_ shape: BucketShape, at now: UInt64) {
        if self.isAlone(at: now) {
            self.own.giveBack(shape)
        } else if now < self.expiresAt {
            self.tokens += 1
        }
    }

    /// Notes somebody who waits.
    ///
    /// - Returns: how many tokens to ask for now; zero where somebody asks already.
    mutating func join(_ waiter: Waiter, _ shape: BucketShape, batch: Int, at now: UInt64) -> Int {
        self.waiters.append(waiter)
        guard !self.isAsking else { return 0 }
        // A lease that was spent in time was too small; one that was not was too large, and tokens were lost.
        if self.tokens > 0 {
            self.leaseSize = 1
        } else if now < self.expiresAt {
            self.leaseSize = min(self.leaseSize * 2, batch)
        }
        return self.ask(shape)
    }

    var waiterCount: Int { self.waiters.count }

    private mutating func ask(_ shape: BucketShape) -> Int {
        self.isAsking = true
        return min(max(self.leaseSize, self.waiters.count), shape.burst)
    }

    /// What to do after an answer, outside of the lock.
    struct Settlement {
        var deliveries: [(waiter: Waiter, verdict: BucketVerdict)] = []
        /// How many tokens to ask for at once, for those who came while the question was under way; zero means none.
        var askNext = 0
    }

    /// Takes the answer to a question for `asked` tokens.
    ///
    /// - Parameters:
    ///   - grant: what came; `nil` where the shared bucket cannot be reached.
    ///   - asked: the tokens asked for.
    ///   - sentAt: when it was asked; the lease is counted from then.
    ///   - shape: of the bucket.
    ///   - now: when the answer is taken.
    /// - Returns: whom to tell what, and what to ask for next.
    mutating func settle(
        _ grant: LeaseGrant?,
        asked: Int,
        sentAt: UInt64,
        _ shape: BucketShape,
        at now: UInt64
    ) -> Settlement {
        self.isAsking = false
        var settlement = Settlement()
        guard let grant else {
            self.aloneUntil = now + Self.lifetime
            self.tokens = 0
            for waiter in self.waiters {
                settlement.deliveries.append((waiter, self.own.decide(shape, at: now)))
            }
            self.waiters = []
            return settlement
        }
        self.leftThere = grant.remaining
        // A token that came back meanwhile is an earlier lease's, and goes with it.
        self.tokens = min(max(0, grant.tokens), asked)
        self.expiresAt = sentAt + Self.lifetime
        let isEmpty = grant.tokens < asked
        if isEmpty {
            self.emptyUntil = now + max(1, min(grant.waitMicroseconds, shape.microseconds(for: shape.unitsPerToken)))
            self.askAgainAt = min(self.emptyUntil, now + Self.lifetime)
        }
        let served = min(self.tokens, self.waiters.count)
        for waiter in self.waiters.prefix(served) {
            self.tokens -= 1
            _ = self.own.decide(shape, at: now)
            settlement.deliveries.append((waiter, .taken(self.level(shape))))
        }
        self.waiters.removeFirst(served)
        guard !self.waiters.isEmpty else { return settlement }
        guard isEmpty, let level = self.emptyLevel(at: now) else {
            settlement.askNext = self.ask(shape)
            return settlement
        }
        settlement.deliveries += self.waiters.map { ($0, .refused(level)) }
        self.waiters = []
        return settlement
    }

    private func emptyLevel(at now: UInt64) -> BucketLevel? {
        guard now < self.askAgainAt else { return nil }
        return BucketLevel(remaining: 0, resetMicroseconds: self.emptyUntil - now)
    }

    private func level(_ shape: BucketShape) -> BucketLevel {
        let remaining = min(self.tokens + self.leftThere, shape.burst)
        let missing = UInt64(shape.burst - remaining) * shape.unitsPerToken
        return BucketLevel(remaining: remaining, resetMicroseconds: shape.microseconds(for: missing))
    }
}
