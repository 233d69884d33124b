import NIOCore
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite("Under load no limit lets too many through")
struct RateLimiterLoadTests {
    private static let tasks = 100

    private let registry = MetricRegistry()

    /// Has 100 tasks ask so many times together, each at the moment that `now` tells it.
    private func admitted(
        _ limiter: RateLimiter,
        _ subject: LimitSubject,
        of decisions: Int,
        now: @escaping @Sendable () -> NIODeadline
    ) async -> Int {
        await withTaskGroup { group in
            for _ in 0..<Self.tasks {
                group.addTask {
                    var admitted = 0
                    for number in 0..<(decisions / Self.tasks) {
                        if limiter.admits(subject, at: now()) { admitted += 1 }
                        // Other tests wait for a thread too.
                        if number % 256 == 255 { await Task.yield() }
                    }
                    return admitted
                }
            }
            return await group.reduce(0, +)
        }
    }

    @Test("a clock that moves with every request: the bound is met, and nothing is lost either")
    func fakeClock() async throws {
        let clock = Atomic<UInt64>(1_000_000_000)
        let limiter = RateLimiter(
            [try Limits.limit(100_000, burst: 1000)],
            metrics: self.registry,
            clocks: .system
        )
        let subject = try Limits.subject()
        let start = clock.load(ordering: .sequentiallyConsistent)
        var count = limiter.admits(subject, at: .uptimeNanoseconds(start)) ? 1 : 0
        // A microsecond a request brings a tenth of a token a request: far fewer than are asked for.
        count += await self.admitted(limiter, subject, of: 500_000) {
            .uptimeNanoseconds(clock.add(1000, ordering: .sequentiallyConsistent).newValue)
        }
        let end = clock.load(ordering: .sequentiallyConsistent)
        let bound = 1000 + Int((end - start) / 1000) / 10
        while limiter.admits(subject, at: .uptimeNanoseconds(end)) { count += 1 }
        #expect(count <= bound)
        // Time that passes before the first tokens are gone brings nothing to a full bucket.
        #expect(count >= bound - Self.tasks)
    }

    @Test("the machine's own clock: never more than burst + rate × time")
    func realClock() async throws {
        let limiter = RateLimiter([try Limits.limit(10_000, burst: 100)], metrics: self.registry, clocks: .system)
        let subject = try Limits.subject()
        let start = NIODeadline.now()
        let count = await self.admitted(limiter, subject, of: 500_000) { .now() }
        let elapsed = (NIODeadline.now() - start).nanoseconds
        #expect(count <= 100 + Int(elapsed / 100_000))
        #expect(count >= 100)
    }

    @Test("of two limits that race for the same requests, neither gives more than it has")
    func races() async throws {
        let limiter = RateLimiter(
            [
                try Limits.limit("a", by: [], 1, per: 3600, burst: 300),
                try Limits.limit("b", by: [], 1, per: 3600, burst: 200),
            ],
            metrics: self.registry,
            clocks: .system
        )
        let subject = try Limits.subject()
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var count = await self.admitted(limiter, subject, of: 50_000) { now }
        while limiter.admits(subject, at: now) { count += 1 }
        #expect(count == 200)
        guard case .limited(let state, _) = limiter.admit(subject, .request, at: now) else {
            Issue.record("the limit let too many through")
            return
        }
        #expect(state.policy.name == "b")
    }
}
