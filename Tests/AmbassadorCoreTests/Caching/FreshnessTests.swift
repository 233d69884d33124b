import AmbassadorCore
import Testing

@Suite struct FreshnessTests {
    /// Durations in seconds, ages in milliseconds.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var ttl: Duration = .zero
        var revalidate: Duration = .zero
        var ifError: Duration = .zero
        var lifetimeMax: Duration?
        let age: Int64
        let expected: Freshness

        var testDescription: String { self.name }

        init(
            _ name: String,
            ttl: Duration = .zero,
            revalidate: Duration = .zero,
            ifError: Duration = .zero,
            lifetimeMax: Duration? = nil,
            age: Int64,
            _ expected: Freshness
        ) {
            self.name = name
            self.ttl = ttl
            self.revalidate = revalidate
            self.ifError = ifError
            self.lifetimeMax = lifetimeMax
            self.age = age
            self.expected = expected
        }
    }

    static let hour = Duration.seconds(3600)
    static let day = Duration.seconds(86_400)
    static let endless = Duration.seconds(Int64.max)

    static let cases = [
        Case("new", ttl: hour, age: 0, .fresh(ttl: 3600)),
        Case("what is left is rounded down", ttl: hour, age: 1, .fresh(ttl: 3599)),
        Case("the last millisecond of the ttl", ttl: hour, age: 3_600_000, .fresh(ttl: 0)),
        Case("after it, with no staleness", ttl: hour, age: 3_600_001, .expired),
        Case("stale begins", ttl: hour, revalidate: hour, age: 3_600_001, .staleWhileRevalidate(ttl: -1)),
        Case("stale ends", ttl: hour, revalidate: hour, age: 7_200_000, .staleWhileRevalidate(ttl: -3600)),
        Case("stale is over", ttl: hour, revalidate: hour, age: 7_200_001, .expired),
        Case("412 s late", ttl: hour, ifError: day, age: 4_012_000, .staleIfError(ttl: -412)),
        Case(
            "both windows, the first",
            ttl: hour,
            revalidate: hour,
            ifError: day,
            age: 7_200_000,
            .staleWhileRevalidate(ttl: -3600)
        ),
        Case(
            "both windows, the second",
            ttl: hour,
            revalidate: hour,
            ifError: day,
            age: 7_200_001,
            .staleIfError(ttl: -3601)
        ),
        Case("the outage window ends", ttl: hour, ifError: day, age: 90_000_000, .staleIfError(ttl: -86_400)),
        Case("the outage window is over", ttl: hour, ifError: day, age: 90_000_001, .expired),
        Case(
            "an outage window shorter than the other",
            ttl: hour,
            revalidate: day,
            ifError: hour,
            age: 7_200_001,
            .staleWhileRevalidate(ttl: -3601)
        ),
        Case("all never", age: 0, .expired),
        Case("ttl 0 is never fresh", ifError: day, age: 0, .staleIfError(ttl: -1)),
        Case("ttl 0, outage window", ifError: day, age: 86_400_000, .staleIfError(ttl: -86_400)),
        Case("ttl 0, outage window over", ifError: day, age: 86_400_001, .expired),
        Case("ttl 0, revalidated", revalidate: hour, age: 0, .staleWhileRevalidate(ttl: -1)),
        Case("LangFlow's own lifetime is shorter", ttl: day, lifetimeMax: hour, age: 3_600_001, .expired),
        Case("LangFlow's own lifetime counts", ttl: day, lifetimeMax: hour, age: 3_600_000, .fresh(ttl: 0)),
        Case("LangFlow's own lifetime is longer", ttl: hour, lifetimeMax: day, age: 3_600_001, .expired),
        Case("LangFlow's own lifetime is zero", ttl: day, lifetimeMax: .zero, age: 0, .expired),
        Case(
            "staleness counts from the shorter",
            ttl: day,
            revalidate: hour,
            lifetimeMax: hour,
            age: 3_601_000,
            .staleWhileRevalidate(ttl: -1)
        ),
        Case("a negative duration is never", ttl: .seconds(-5), age: 0, .expired),
        Case("a small skew is no age", ttl: hour, age: -5000, .fresh(ttl: 3600)),
        Case("from the future: not fresh", ttl: hour, age: -5001, .expired),
        Case("from the future: no refresh either", ttl: hour, revalidate: hour, age: -5001, .expired),
        Case("from the future: kept for an outage", ttl: hour, ifError: hour, age: -3_600_000, .staleIfError(ttl: -1)),
        Case("endless", ttl: endless, age: 86_400_000_000, .fresh(ttl: Int(Int64.max / 4 / 1000 - 86_400_000))),
        Case(
            "endless staleness",
            ttl: endless,
            revalidate: endless,
            ifError: endless,
            age: .max,
            .fresh(ttl: 0)
        ),
        Case("as old as can be", ttl: hour, revalidate: day, ifError: day, age: .max, .expired),
        Case("as far in the future as can be", ttl: hour, ifError: endless, age: .min, .staleIfError(ttl: -1)),
    ]

    @Test("the table of ages holds at its boundaries", arguments: cases)
    func table(_ item: Case) {
        var settings = FlowSettings()
        settings.ttl = item.ttl
        settings.staleWhileRevalidate = item.revalidate
        settings.staleIfError = item.ifError
        // The age is split between both ends, so that the extremes can be had.
        let entry = CacheEntry.sample(.sample(1), storedAt: -(item.age / 2), lifetimeMax: item.lifetimeMax)
        let now = Timestamp(milliseconds: item.age - item.age / 2)
        #expect(Freshness(of: entry, under: settings, at: now) == item.expected)
    }

    @Test("times from outside the process at the ends of their range are harmless")
    func extremes() {
        var settings = FlowSettings()
        settings.ttl = .seconds(60)
        let past = CacheEntry.sample(.sample(1), storedAt: .min)
        let future = CacheEntry.sample(.sample(1), storedAt: .max)
        for now in [Int64.min, 0, Int64.max].map({ Timestamp(milliseconds: $0) }) {
            #expect(past.ageSeconds(at: now) >= 0)
            #expect(future.ageSeconds(at: now) >= 0)
            let expected: Freshness = now.milliseconds == .min ? .fresh(ttl: 60) : .expired
            #expect(Freshness(of: past, under: settings, at: now) == expected)
        }
        #expect(Freshness(of: future, under: settings, at: Timestamp(milliseconds: .min)) == .expired)
    }

    @Test("the age is in whole seconds and never negative")
    func age() {
        let entry = CacheEntry.sample(.sample(1), storedAt: 10_000)
        let ages = [10_000, 10_999, 11_000, 9_000, 3_610_000].map { entry.ageSeconds(at: Timestamp(milliseconds: $0)) }
        #expect(ages == [0, 0, 1, 0, 3600])
    }

    @Test("a wall clock that is set back an hour does not bring an entry from after it back to freshness")
    func clockSetBack() {
        var settings = FlowSettings()
        settings.ttl = .seconds(600)
        let entry = CacheEntry.sample(.sample(1), storedAt: 10_000_000)
        #expect(Freshness(of: entry, under: settings, at: Timestamp(milliseconds: 10_600_001)) == .expired)
        #expect(Freshness(of: entry, under: settings, at: Timestamp(milliseconds: 7_000_001)) == .expired)
    }
}
