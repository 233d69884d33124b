import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@Suite struct MockClockTests {
    @Test("the clocks move together or apart")
    func clocks() {
        let clock = MockClock(now: .uptimeNanoseconds(1_000_000_000), wall: Timestamp(milliseconds: 5000))
        clock.advance(by: .milliseconds(1500))
        #expect(clock.clocks.now() == .uptimeNanoseconds(2_500_000_000))
        #expect(clock.clocks.wall() == Timestamp(milliseconds: 6500))
        clock.stepWall(by: .seconds(-3600))
        #expect(clock.clocks.now() == .uptimeNanoseconds(2_500_000_000))
        #expect(clock.clocks.wall() == Timestamp(milliseconds: 6500 - 3_600_000))
        clock.advanceMonotonic(by: .seconds(1))
        #expect(clock.now == .uptimeNanoseconds(3_500_000_000))
        #expect(clock.wall == Timestamp(milliseconds: 6500 - 3_600_000))
    }

    @Test("a timer fires at its moment and not before")
    func timers() async throws {
        let clock = MockClock()
        let deadline = clock.now.advanced(by: .seconds(2))
        async let woken: Void = clock.sleeper.sleep(until: deadline)
        await clock.waitForTimers(1)
        clock.advance(by: .seconds(1))
        #expect(clock.timerCount == 1)
        clock.advance(by: .seconds(1))
        try await woken
        #expect(clock.timerCount == 0)
    }
}
