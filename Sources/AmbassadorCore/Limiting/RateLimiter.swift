package import NIOCore

/// Decides by all limits at once whether a request may go on.
///
/// Safe from any thread and short: one lock for each limit that applies, no string built, nobody asked. Either every
/// limit that applies has given a token or none has; where the last one refuses, the others get theirs back, so that
/// two requests that race may both be refused where one could have gone on, and never more are admitted than a limit
/// lets through.
package final class RateLimiter: Sendable {
    private let onRequests: [AppliedLimit]
    private let onUpstreamCalls: [AppliedLimit]
    private let now: @Sendable () -> NIODeadline

    /// - Parameters:
    ///   - limits: at most ``RateLimit/countMax``.
    ///   - source: where shared limits have their buckets; `nil` makes them local.
    ///   - bucketsMax: how many subjects of one limit may have a bucket of their own; see ``BucketTable``.
    ///   - registry: where the limits' instruments are added.
    ///   - clocks: of which the monotonic one tells when leases come.
    package init(
        _ limits: [RateLimit],
        source: (any LeaseSource)? = nil,
        bucketsMax: Int = 100_000,
        metrics registry: MetricRegistry,
        clocks: Clocks
    ) {
        precondition(limits.count <= RateLimit.countMax)
        self.now = clocks.now
        let now = clocks.now
        let applied = limits.map { limit in
            AppliedLimit(
                limit,
                capacity: limit.by.isEmpty ? 1 : bucketsMax,
                source: source,
                registry: registry,
                now: { Self.microseconds(now()) }
            )
        }
        let pairs = zip(limits, applied)
        self.onRequests = pairs.filter { $0.0.stage == .request }.map(\.1)
        self.onUpstreamCalls = pairs.filter { $0.0.stage == .upstreamCall }.map(\.1)
    }

    /// Whether any limit is asked at a stage.
    package func hasLimits(at stage: LimitStage) -> Bool { !self.limits(at: stage).isEmpty }

    /// Takes a token of every limit of a stage that applies, or none.
    package func admit(_ subject: LimitSubject, _ stage: LimitStage, at now: NIODeadline) -> Admission {
        let limits = self.limits(at: stage)
        guard !limits.isEmpty else { return .admitted(nil) }
        let now = Self.microseconds(now)
        switch self.decide(limits, subject, Holding(), at: now) {
        case .admitted(let state):
            return .admitted(state)
        case .limited(let state, let wait):
            return .limited(state, retryAfterSeconds: wait)
        case .missing(let index):
            return .pending { await self.settle(limits, subject, missing: index) }
        }
    }

    func limits(at stage: LimitStage) -> [AppliedLimit] {
        switch stage {
        case .request: self.onRequests
        case .upstreamCall: self.onUpstreamCalls
        }
    }

    static func microseconds(_ time: NIODeadline) -> UInt64 { time.uptimeNanoseconds / 1000 }

    private enum Decision {
        case admitted(LimitState?)
        case limited(LimitState, wait: Int)
        /// The shared limit at this place has no token here.
        case missing(Int)
    }

    /// The tokens that a request has in hand while it is decided.
    private struct Holding {
        /// A bit for each limit by its place; there are at most 32.
        var places: UInt32 = 0
        var tightest: LimitState?

        func holds(_ place: Int) -> Bool { self.places & 1 << UInt32(place) != 0 }

        mutating func add(_ place: Int, _ state: LimitState) {
            self.places |= 1 << UInt32(place)
            if self.tightest.map(state.isTighter) ?? true { self.tightest = state }
        }
    }

    /// Takes a token of each limit that is not held already, and gives those back where one is not to be had.
    ///
    /// Those of `held` are given back where the request is refused, and kept where only a lease is missing.
    private func decide(
        _ limits: [AppliedLimit],
        _ subject: LimitSubject,
        _ held: Holding,
        at now: UInt64
    ) -> Decision {
        let network = self.network(of: subject, limits)
        var holding = held
        var missing: Int?
        var refusal: (place: Int, level: BucketLevel)?
        for (place, limit) in limits.enumerated() where !holding.holds(place) && limit.applies(to: subject) {
            let key = limit.key(for: subject, network)
            guard missing == nil, refusal == nil else {
                // Only who would refuse as well is still of interest: the longest wait counts.
                guard let level = limit.refusal(key, at: now) else { continue }
                if level.resetMicroseconds > refusal?.level.resetMicroseconds ?? 0 { refusal = (place, level) }
                continue
            }
            switch limit.decide(key, at: now) {
            case .taken(let level): holding.add(place, LimitState(limit.policy, level))
            case .refused(let level): refusal = (place, level)
            case .unknown: missing = place
            }
        }
        if let refusal {
            self.giveBack(holding.places, limits, subject, network, at: now)
            let limit = limits[refusal.place]
            limit.metrics.refused.increment()
            let state = LimitState(limit.policy, refusal.level)
            return .limited(state, wait: max(1, state.resetSeconds))
        }
        if let missing {
            self.giveBack(holding.places & ~held.places, limits, subject, network, at: now)
            return .missing(missing)
        }
        return .admitted(holding.tightest)
    }

    /// Waits for a token of each shared limit that has none here, and then decides as ``admit(_:_:at:)`` does.
    ///
    /// Only what was waited for is held meanwhile, so a slow Redis keeps nobody's local tokens. Each turn holds one
    /// token more, so there are no more turns than limits.
    private func settle(_ limits: [AppliedLimit], _ subject: LimitSubject, missing: Int) async -> Admission {
        let network = self.network(of: subject, limits)
        var holding = Holding()
        var missing = missing
        while true {
            let limit = limits[missing]
            switch await limit.token(limit.key(for: subject, network)) {
            case .taken(let level):
                holding.add(missing, LimitState(limit.policy, level))
            case .refused(let level):
                self.giveBack(holding.places, limits, subject, network, at: Self.microseconds(self.now()))
                limit.metrics.refused.increment()
                let state = LimitState(limit.policy, level)
                return .limited(state, retryAfterSeconds: max(1, state.resetSeconds))
            case .unknown:
                preconditionFailure("who waits for a token is told something")
            }
            switch self.decide(limits, subject, holding, at: Self.microseconds(self.now())) {
            case .admitted(let state): return .admitted(state)
            case .limited(let state, let wait): return .limited(state, retryAfterSeconds: wait)
            case .missing(let next): missing = next
            }
        }
    }

    private func giveBack(
        _ places: UInt32,
        _ limits: [AppliedLimit],
        _ subject: LimitSubject,
        _ network: ClientNetwork?,
        at now: UInt64
    ) {
        var places = places
        while places != 0 {
            let limit = limits[places.trailingZeroBitCount]
            limit.giveBack(limit.key(for: subject, network), at: now)
            places &= places - 1
        }
    }

    /// The subject's network, read only where a limit counts by it.
    func network(of subject: LimitSubject, _ limits: [AppliedLimit]) -> ClientNetwork? {
        guard let address = subject.address, limits.contains(where: \.byAddress) else { return nil }
        return ClientNetwork(address)
    }
}
