import AmbassadorTesting
import Testing

@testable import AmbassadorCore

@Suite("A token bucket gives burst + rate × time and no more")
struct TokenBucketTests {
    /// What a token bucket is by definition: at no moment have more been admitted since any earlier one than burst +
    /// rate × span.
    private struct Reference {
        let count: Int128
        let period: Int128
        let burst: Int128
        var admitted: [UInt64] = []

        mutating func admits(at now: UInt64) -> Bool {
            for (position, time) in self.admitted.enumerated() {
                let number = Int128(self.admitted.count - position + 1)
                let allowed = self.burst * self.period + self.count * Int128(now - time)
                if number * self.period > allowed { return false }
            }
            self.admitted.append(now)
            return true
        }
    }

    @Test("it decides as the definition does, whatever the times", arguments: 0..<200 as Range<UInt64>)
    func reference(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rate = try Rate(
            count: [1, 3, 7, 100, 999, 1_000_000].randomElement(using: &generator) ?? 1,
            periodSeconds: [1, 2, 7, 60, 3600].randomElement(using: &generator) ?? 1
        )
        let burst = Int.random(in: 1...20, using: &generator)
        let shape = try #require(BucketShape(rate: rate, burst: burst))
        var now = UInt64.random(in: 0...1_000_000_000, using: &generator)
        var bucket = TokenBucket(shape, at: now)
        var reference = Reference(
            count: Int128(rate.count),
            period: Int128(rate.periodSeconds) * 1_000_000,
            burst: Int128(burst)
        )
        let token = max(1, shape.unitsPerToken / shape.unitsPerMicrosecond)
        for step in 0..<150 {
            let jump: UInt64 =
                switch Int.random(in: 0..<20, using: &generator) {
                case 0: .random(in: 0...(1 << 55), using: &generator)
                case 1..<8: 0
                case 8..<12: token
                default: .random(in: 0...(token * 2), using: &generator)
                }
            now = now &+ jump < now ? now : now + jump
            let isAdmitted = if case .taken = bucket.decide(shape, at: now) { true } else { false }
            try #require(isAdmitted == reference.admits(at: now), "step \(step)")
        }
    }

    @Test(
        "a refused caller who waits as long as told, and no shorter, gets a token",
        arguments: [1, 3, 7, 999, 1_000_000]
    )
    func wait(count: Int) throws {
        let shape = try #require(BucketShape(rate: Rate(count: count, periodSeconds: 60), burst: 2))
        var bucket = TokenBucket(shape, at: 5)
        _ = bucket.decide(shape, at: 5)
        _ = bucket.decide(shape, at: 5)
        guard case .refused(let level) = bucket.decide(shape, at: 5) else {
            Issue.record("an empty bucket gave a token")
            return
        }
        #expect(level.remaining == 0)
        #expect(bucket.refusal(shape, at: 5 + level.resetMicroseconds - 1) != nil)
        #expect(bucket.refusal(shape, at: 5 + level.resetMicroseconds) == nil)
    }

    @Test("the longest times there are fill the bucket and no more")
    func extremes() throws {
        let shape = try #require(BucketShape(rate: Rate(count: 999_999, periodSeconds: 7), burst: 10))
        var bucket = TokenBucket(shape, at: 0)
        for _ in 0..<10 { _ = bucket.decide(shape, at: 0) }
        #expect(bucket.units == 0)
        bucket.fill(shape, at: .max)
        #expect(bucket.units == shape.unitsMax)
        bucket.giveBack(shape)
        #expect(bucket.units == shape.unitsMax)
        #expect(bucket.timeToFull(shape) == 0)
    }

    @Test("an earlier moment brings nothing, and the time after it is not counted twice")
    func backward() throws {
        let shape = try #require(BucketShape(rate: Rate(count: 1, periodSeconds: 1), burst: 1))
        var bucket = TokenBucket(shape, at: 10_000_000)
        _ = bucket.decide(shape, at: 10_000_000)
        bucket.fill(shape, at: 0)
        bucket.fill(shape, at: 10_999_999)
        #expect(bucket.wait(shape) == 1)
        bucket.fill(shape, at: 10_000_000)
        bucket.fill(shape, at: 10_999_999)
        #expect(bucket.wait(shape) == 1)
    }

    @Test("a rate that divides nothing loses nothing in a million steps")
    func drift() throws {
        let shape = try #require(BucketShape(rate: Rate(count: 7, periodSeconds: 3), burst: 100))
        var bucket = TokenBucket(shape, at: 0)
        var taken = 0
        for step in 0...1_000_000 as ClosedRange<UInt64> {
            bucket.fill(shape, at: step * 3)
            while bucket.take(shape) { taken += 1 }
        }
        #expect(taken == 100 + 7)
    }
}
