/// What an entry may be used for, by its age.
///
/// A duration of zero means never, so with a `ttl` of zero even an entry of this very millisecond is not fresh. `ttl` in the cases is
/// the whole seconds of freshness left, rounded down: zero or more while fresh, negative after.
package enum Freshness: Sendable, Hashable {
    /// Served without asking LangFlow.
    case fresh(ttl: Int)
    /// Served at once and refreshed in the background; in an outage served as it is.
    case staleWhileRevalidate(ttl: Int)
    /// Served as it is: the request takes an answer that is that stale.
    case staleAsAccepted(ttl: Int)
    /// Served only where LangFlow does not answer.
    case staleIfError(ttl: Int)
    /// Not served.
    case expired

    /// How far the wall clocks of two replicas, or of one before and after a correction, may be apart unnoticed.
    package static let clockSkewMax = Duration.seconds(5)

    /// Decides by the age of the entry under what the operator has set now, not what was set when it was stored.
    ///
    /// LangFlow's own `lifetimeMax` shortens the `ttl`. An entry from further in the future than ``clockSkewMax`` has no known age:
    /// the wall clock was set back, perhaps to before the entry expired, so it is never fresh; it is kept for an outage, where the
    /// flow allows that, since an old answer is then better than none.
    ///
    /// An entry of an older version of its flow is stale, whatever its age; one that forbids it is never served stale.
    @inline(__always)
    package init(
        of entry: CacheEntry,
        under settings: FlowSettings,
        at now: Timestamp,
        isOutdated: Bool = false
    ) {
        let ttl = min(settings.ttl.boundedMilliseconds, entry.lifetimeMax?.boundedMilliseconds ?? .max)
        let staleIfError = entry.forbidsStale ? 0 : settings.staleIfError.boundedMilliseconds
        let age = entry.ageMilliseconds(at: now)
        guard age >= -Self.clockSkewMax.boundedMilliseconds else {
            self = staleIfError > 0 ? .staleIfError(ttl: -1) : .expired
            return
        }
        self.init(
            age: max(0, age),
            ttl: ttl,
            staleWhileRevalidate: entry.forbidsStale ? 0 : settings.staleWhileRevalidate.boundedMilliseconds,
            staleIfError: staleIfError,
            isOutdated: isOutdated
        )
    }

    /// All in milliseconds, none negative and none over a quarter of what an `Int64` holds.
    private init(age: Int64, ttl: Int64, staleWhileRevalidate: Int64, staleIfError: Int64, isOutdated: Bool) {
        // Division rounds toward zero; what is left is rounded down on both sides of it.
        let millisecondsLeft = ttl - age
        let left = Int((millisecondsLeft < 0 ? millisecondsLeft - 999 : millisecondsLeft) / 1000)
        if !isOutdated, ttl > 0, age <= ttl {
            self = .fresh(ttl: left)
        } else if !isOutdated, staleWhileRevalidate > 0, age <= ttl + staleWhileRevalidate {
            self = .staleWhileRevalidate(ttl: min(left, -1))
        } else if staleIfError > 0, age <= ttl + staleIfError {
            self = .staleIfError(ttl: min(left, -1))
        } else {
            self = .expired
        }
    }
}

extension CacheEntry {
    /// How long the entry is of any use after it was made.
    func lifetime(under settings: FlowSettings) -> Duration {
        self.forbidsStale ? min(settings.ttl, self.lifetimeMax ?? settings.ttl) : settings.entryLifetime
    }

    /// Whether it takes the place of an entry of its key that was stored at a moment: that one is not later, or of a time that cannot be,
    /// since the clock was ahead when it was stored.
    ///
    /// `now` is the wall clock; with `nil` every time is believed.
    package func replaces(entryStoredAt present: Timestamp, at now: Timestamp?) -> Bool {
        if present <= self.storedAt { return true }
        guard let now else { return false }
        return present.isBeyond(now)
    }

    /// The entry's age in whole seconds, for the `Age` header.
    ///
    /// Never negative: zero where the wall clock was set back to before the entry was stored.
    package func ageSeconds(at now: Timestamp) -> Int {
        Int(max(0, self.ageMilliseconds(at: now)) / 1000)
    }

    /// Negative where the entry is from the future; bounded, since the times of an entry may come from outside the process.
    func ageMilliseconds(at now: Timestamp) -> Int64 {
        let (age, overflow) = now.milliseconds.subtractingReportingOverflow(self.storedAt.milliseconds)
        guard !overflow else { return now < self.storedAt ? -Duration.millisecondsMax : Duration.millisecondsMax }
        return min(max(age, -Duration.millisecondsMax), Duration.millisecondsMax)
    }
}

extension Timestamp {
    /// Whether it is later than now by more than clocks may be apart: it was taken from a clock that was ahead.
    package func isBeyond(_ now: Timestamp) -> Bool {
        let (ahead, overflow) = self.milliseconds.subtractingReportingOverflow(now.milliseconds)
        return overflow ? self > now : ahead > Freshness.clockSkewMax.boundedMilliseconds
    }
}

extension Duration {
    /// A quarter of `Int64`, so that three such numbers can be added: 73 million years.
    fileprivate static let millisecondsMax = Int64.max / 4

    /// The whole milliseconds, from zero to ``millisecondsMax``.
    var boundedMilliseconds: Int64 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = self.components
        guard seconds < Self.millisecondsMax / 1000 else { return Self.millisecondsMax }
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
