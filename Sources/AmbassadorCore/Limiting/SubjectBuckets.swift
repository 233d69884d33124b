import NIOCore

/// The buckets of a subject at a stage, found once for a subject that comes again and again.
struct SubjectBuckets: Sendable {
    let places: [(limit: AppliedLimit, key: BucketKey)]
}

extension RateLimiter {
    /// The buckets that requests of a subject take their tokens from.
    func buckets(of subject: LimitSubject, at stage: LimitStage) -> SubjectBuckets {
        let limits = self.limits(at: stage)
        let network = self.network(of: subject, limits)
        return SubjectBuckets(
            places: limits.filter { $0.applies(to: subject) }.map { ($0, $0.key(for: subject, network)) }
        )
    }

    /// Takes a token of each bucket, where all have one here; `tightest` becomes the state of the limit that would refuse first.
    ///
    /// - Returns: `false` where not all have one: then none was taken, and ``admit(_:_:at:)`` says what is to be done.
    func takeTokens(of buckets: SubjectBuckets, at now: NIODeadline, tightest: inout LimitState?) -> Bool {
        guard !buckets.places.isEmpty else { return true }
        let now = Self.microseconds(now)
        for (index, place) in buckets.places.enumerated() {
            guard case .taken(let level) = place.limit.decide(place.key, at: now) else {
                for taken in buckets.places[..<index] { taken.limit.giveBack(taken.key, at: now) }
                return false
            }
            let state = LimitState(place.limit.policy, level)
            if tightest.map(state.isTighter) ?? true { tightest = state }
        }
        return true
    }

    /// Puts back the tokens of a request that then was not answered.
    func giveBack(_ buckets: SubjectBuckets, at now: NIODeadline) {
        for place in buckets.places { place.limit.giveBack(place.key, at: Self.microseconds(now)) }
    }
}
