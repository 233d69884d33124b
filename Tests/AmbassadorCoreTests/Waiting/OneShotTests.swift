import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@Suite struct OneShotTests {
    @Test("the first delivery counts, before or after it is waited for")
    func order() async {
        let early = OneShot<Int>()
        early.deliver(1)
        early.deliver(2)
        #expect(await early.value() == 1)
        early.deliver(3)

        let late = OneShot<Int>()
        async let value = late.value()
        late.deliver(4)
        late.deliver(5)
        #expect(await value == 4)
    }

    @Test("who waits is told of his deadline and of his cancellation, and gets what is delivered")
    func departures() async {
        let clock = MockClock()
        let deadline = clock.now.advanced(by: .seconds(1))
        let first = OneShot<Departure?>()
        async let byDeadline = first.value(until: deadline, sleeper: clock.sleeper) { first.deliver($0) }
        await clock.waitForTimers(1)
        clock.advance(by: .seconds(1))
        #expect(await byDeadline == .deadline)

        let second = OneShot<Departure?>()
        let task = Task {
            await second.value(until: .distantFuture, sleeper: clock.sleeper) { second.deliver($0) }
        }
        task.cancel()
        #expect(await task.value == .cancellation)
    }

    @Test("what comes before the deadline leaves no timer behind")
    func delivered() async {
        let clock = MockClock()
        let shot = OneShot<Int>()
        async let value = shot.value(until: clock.now.advanced(by: .seconds(1)), sleeper: clock.sleeper) { _ in }
        await clock.waitForTimers(1)
        shot.deliver(7)
        #expect(await value == 7)
        #expect(clock.timerCount == 0)
    }
}
