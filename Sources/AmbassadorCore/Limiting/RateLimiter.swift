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
        let asked = Question(limits: limits, subject: subject, scope: .all)
        switch self.decide(asked, LimitTokens(), at: Self.microseconds(now)) {
        case .taken(let tokens):
            return .admitted(tokens.tightest)
        case .limited(let state, let wait):
            return .limited(state, retryAfterSeconds: wait)
        case .missing(let index):
            return .pending { await self.settle(asked, LimitTokens(), missing: index).admission }
        }
    }

    /// Takes a token of every limit of a stage that applies and is in scope, or none, waiting for those of shared limits.
    ///
    /// - Parameters:
    ///   - subject: whose request it is.
    ///   - stage: which limits are asked.
    ///   - scope: those of them that can be asked by now.
    ///   - tokens: what was taken before for the same request; not given back where it is refused now, since work was done for it.
    ///   - now: the monotonic clock.
    /// - Returns: all tokens that the request now has, or who refuses it.
    func take(
        _ subject: LimitSubject,
        _ stage: LimitStage,
        scope: LimitScope,
        holding tokens: LimitTokens,
        at now: NIODeadline
    ) async -> LimitTokens.Verdict {
        let asked = Question(limits: self.limits(at: stage), subject: subject, scope: scope)
        let spent = tokens.spent
        switch self.decide(asked, spent, at: Self.microseconds(now)) {
        case .taken(let tokens): return .taken(tokens)
        case .limited(let state, let wait): return .limited(state, retryAfterSeconds: wait)
        case .missing(let index): return await self.settle(asked, spent, missing: index)
        }
    }

    /// Puts back the tokens of something that was not done after all.
    func giveBack(_ tokens: LimitTokens, of subject: LimitSubject, _ stage: LimitStage, at now: NIODeadline) {
        let asked = Question(limits: self.limits(at: stage), subject: subject, scope: .all)
        self.giveBack(tokens.returnable, asked, at: Self.microseconds(now))
    }

    func limits(at stage: LimitStage) -> [AppliedLimit] {
        switch stage {
        case .request: self.onRequests
        case .upstreamCall: self.onUpstreamCalls
        }
    }

    static func microseconds(_ time: NIODeadline) -> UInt64 { time.uptimeNanoseconds / 1000 }

    private enum Decision {
        case taken(LimitTokens)
        case limited(LimitState, wait: Int)
        /// The shared limit at this place has no token here.
        case missing(Int)
    }

    /// Which limits are asked, and for whom.
    private struct Question {
        let limits: [AppliedLimit]
        let subject: LimitSubject
        let scope: LimitScope

        func concerns(_ limit: AppliedLimit) -> Bool {
            (self.scope == .all || !limit.dependsOnFlow) && limit.applies(to: self.subject)
        }
    }

    /// Takes a token of each limit that is not held already, and gives those back where one is not to be had.
    ///
    /// Those of `held` are given back where the request is refused, and kept where only a lease is missing.
    private func decide(_ asked: Question, _ held: LimitTokens, at now: UInt64) -> Decision {
        let network = self.network(of: asked.subject, asked.limits)
        var holding = held
        var missing: Int?
        var refusal: (place: Int, level: BucketLevel)?
        for (place, limit) in asked.limits.enumerated() where !holding.holds(place) && asked.concerns(limit) {
            let key = limit.key(for: asked.subject, network)
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
            self.giveBack(holding.returnable, asked, at: now)
            let limit = asked.limits[refusal.place]
            limit.metrics.refused.increment()
            let state = LimitState(limit.policy, refusal.level)
            return .limited(state, wait: max(1, state.resetSeconds))
        }
        if let missing {
            self.giveBack(holding.places & ~held.places, asked, at: now)
            return .missing(missing)
        }
        return .taken(holding)
    }

    /// Waits for a token of each shared limit that has none here, and then decides as ``admit(_:_:at:)`` does.
    ///
    /// Only what was waited for is held meanwhile, so a slow Redis keeps nobody's local tokens. Each turn holds one
    /// token more, so there are no more turns than limits.
    private func settle(_ asked: Question, _ held: LimitTokens, missing: Int) async -> LimitTokens.Verdict {
        let network = self.network(of: asked.subject, asked.limits)
        var holding = held
        var missing = missing
        while true {
            let limit = asked.limits[missing]
            switch await limit.token(limit.key(for: asked.subject, network)) {
            case .taken(let level):
                holding.add(missing, LimitState(limit.policy, level))
            case .refused(let level):
                self.giveBack(holding.returnable, asked, at: Self.microseconds(self.now()))
                limit.metrics.refused.increment()
                let state = LimitState(limit.policy, level)
                return .limited(state, retryAfterSeconds: max(1, state.resetSeconds))
            case .unknown:
                preconditionFailure("who waits for a token is told something")
            }
            switch self.decide(asked, holding, at: Self.microseconds(self.now())) {
            case .taken(let tokens): return .taken(tokens)
            case .limited(let state, let wait): return .limited(state, retryAfterSeconds: wait)
            case .missing(let next): missing = next
            }
        }
    }

    private func giveBack(_ places: UInt32, _ asked: Question, at now: UInt64) {
        let network = self.network(of: asked.subject, asked.limits)
        var places = places
        while places != 0 {
            let limit = asked.limits[places.trailingZeroBitCount]
            limit.giveBack(limit.key(for: asked.subject, network), at: now)
            places &= places - 1
        }
    }

    /// The subject's network, read only where a limit counts by it.
    func network(of subject: LimitSubject, _ limits: [AppliedLimit]) -> ClientNetwork? {
        guard let address = subject.address, limits.contains(where: \.byAddress) else { return nil }
        return ClientNetwork(address)
    }
}
