extension Freshness {
    /// Decides as ``init(of:under:at:isOutdated:)`` does, and then by what the request asks for.
    ///
    /// A request can want a fresher answer than the flow does, and it can take a staler one as long as that is kept at all: how old
    /// an answer may become is the operator's to say. What it does not take is served only where LangFlow does not answer, unless
    /// its own `stale-if-error` is shorter; that counts from when the answer is stale for this request, so with `no-cache` from when
    /// it was stored.
    init(of entry: CacheEntry, in flow: Flow, at now: Timestamp, asking directives: CacheDirectives?) {
        let settings = flow.settings
        let isOutdated = flow.isOutdated(entry)
        let plain = Freshness(of: entry, under: settings, at: now, isOutdated: isOutdated)
        guard let directives, let ttl = plain.secondsLeft else {
            self = plain
            return
        }
        let age = entry.ageMilliseconds(at: now)
        let isAgeKnown = age >= -Self.clockSkewMax.boundedMilliseconds
        let lifetime = min(settings.ttl.boundedMilliseconds, entry.lifetimeMax?.boundedMilliseconds ?? .max)
        let request = Asked(directives, age: max(0, age), lifetime: lifetime, isOutdated: isOutdated)
        if isAgeKnown, let served = request.serving(plain, ttl: ttl) {
            self = served
        } else {
            self = request.takesInOutage ? .staleIfError(ttl: ttl) : .expired
        }
    }

    /// The whole seconds of freshness left under the flow's settings; `nil` where the entry is of no use any more.
    var secondsLeft: Int? {
        switch self {
        case .fresh(let ttl), .staleWhileRevalidate(let ttl), .staleAsAccepted(let ttl), .staleIfError(let ttl): ttl
        case .expired: nil
        }
    }
}

/// An entry of some age before a request's directives; all in milliseconds, none negative.
private struct Asked {
    private let directives: CacheDirectives
    private let age: Int64
    private let lifetime: Int64
    /// How much older the entry is than the request wants it; negative where it is younger.
    private let staleness: Int64
    /// How stale an entry of an older version is, nobody can tell; while LangFlow answers it is not taken.
    private let isOutdated: Bool

    init(_ directives: CacheDirectives, age: Int64, lifetime: Int64, isOutdated: Bool) {
        self.directives = directives
        self.age = age
        self.lifetime = lifetime
        let ageMax = directives.noCache ? 0 : directives.maxAgeSeconds.map { Int64($0) * 1000 } ?? .max
        self.staleness = max(isOutdated ? 1 : .min, age - min(lifetime, ageMax))
        self.isOutdated = isOutdated
    }

    /// How the entry is served without LangFlow; `nil` where the request does not take it.
    func serving(_ plain: Freshness, ttl: Int) -> Freshness? {
        if self.directives.noCache || self.isOutdated { return nil }
        let isWithinAge = self.directives.maxAgeSeconds.map { self.age <= Int64($0) * 1000 } ?? true
        let accepts = self.directives.maxStaleSeconds.map { self.staleness <= Int64($0) * 1000 } ?? false
        switch plain {
        case .fresh:
            let staysFresh =
                self.directives.minFreshSeconds.map { self.lifetime - self.age >= Int64($0) * 1000 } ?? true
            return staysFresh && (isWithinAge || accepts) ? plain : nil
        case .staleWhileRevalidate:
            return self.directives.minFreshSeconds == nil && (isWithinAge || accepts) ? plain : nil
        case .staleIfError, .staleAsAccepted:
            return self.directives.minFreshSeconds == nil && accepts ? .staleAsAccepted(ttl: ttl) : nil
        case .expired:
            return nil
        }
    }

    var takesInOutage: Bool {
        self.directives.staleIfErrorSeconds.map { self.staleness <= Int64($0) * 1000 } ?? true
    }
}
