package import AmbassadorCore
package import NIOCore
import Synchronization

/// The product's two clocks and its timers, moved only by the test.
package final class MockClock: Sendable {
    private struct Timer {
        let number: UInt64
        let deadline: NIODeadline
        let fire: @Sendable () -> Void
    }

    private struct State {
        var now: NIODeadline
        var wallNanoseconds: Int64
        var timers: [Timer] = []
        var lastNumber: UInt64 = 0
        /// Who waits until so many timers are set.
        var observers: [(timerCount: Int, reached: OneShot<Void>)] = []
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - now: the monotonic clock's first value; well past zero, so that a test may look back.
    ///   - wall: the wall clock's first value; 2026-01-01T00:00:00Z unless told.
    package init(
        now: NIODeadline = .uptimeNanoseconds(1_000_000_000_000),
        wall: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)
    ) {
        self.state = Mutex(State(now: now, wallNanoseconds: wall.milliseconds * 1_000_000))
    }

    package var now: NIODeadline { self.state.withLock { $0.now } }

    package var wall: Timestamp {
        self.state.withLock { Timestamp(milliseconds: $0.wallNanoseconds / 1_000_000) }
    }

    /// The clocks, to be injected.
    package var clocks: Clocks {
        Clocks(now: { self.now }, wall: { self.wall })
    }

    /// The timers, to be injected; they fire when ``advance(by:)`` passes them.
    package var sleeper: Sleeper {
        Sleeper { (deadline: NIODeadline) async throws(CancellationError) in
            try await self.sleep(until: deadline)
        } setAlarm: { deadline, ring in
            let number = self.setTimer(deadline, ring)
            return Alarm { self.removeTimer(number) }
        }
    }

    /// Moves both clocks and fires the timers that are due.
    package func advance(by duration: Duration) {
        self.move(monotonic: duration, wall: duration)
    }

    /// Moves the monotonic clock alone and fires the timers that are due.
    package func advanceMonotonic(by duration: Duration) {
        self.move(monotonic: duration, wall: .zero)
    }

    /// Steps the wall clock alone, backward where the duration is negative, as an operator or NTP does.
    package func stepWall(by duration: Duration) {
        self.move(monotonic: .zero, wall: duration)
    }

    /// Returns once at least so many timers are set.
    package func waitForTimers(_ count: Int) async {
        let reached = OneShot<Void>()
        let isReached = self.state.withLock { state in
            guard state.timers.count < count else { return true }
            state.observers.append((count, reached))
            return false
        }
        guard !isReached else { return }
        await reached.value()
    }

    /// The timers that are set.
    package var timerCount: Int { self.state.withLock { $0.timers.count } }

    private func move(monotonic: Duration, wall: Duration) {
        precondition(monotonic >= .zero, "the monotonic clock never goes back")
        let due = self.state.withLock { state in
            state.now = state.now.advanced(by: monotonic)
            state.wallNanoseconds += TimeAmount(wall).nanoseconds
            let due = state.timers.filter { $0.deadline <= state.now }
            state.timers.removeAll { $0.deadline <= state.now }
            return due
        }
        for timer in due.sorted(by: { $0.deadline < $1.deadline }) {
            timer.fire()
        }
    }

    private func sleep(until deadline: NIODeadline) async throws(CancellationError) {
        let fired = OneShot<Bool>()
        let number = self.setTimer(deadline) { fired.deliver(true) }
        let isDue = await withTaskCancellationHandler {
            await fired.value()
        } onCancel: {
            self.removeTimer(number)
            fired.deliver(false)
        }
        guard isDue else { throw CancellationError() }
    }

    /// Sets a timer, which fires at once where its moment is past.
    private func setTimer(_ deadline: NIODeadline, _ fire: @escaping @Sendable () -> Void) -> UInt64? {
        let (number, reached) = self.state.withLock { state -> (UInt64?, [OneShot<Void>]) in
            guard state.now < deadline else { return (nil, []) }
            state.lastNumber += 1
            state.timers.append(Timer(number: state.lastNumber, deadline: deadline, fire: fire))
            let count = state.timers.count
            let reached = state.observers.filter { $0.timerCount <= count }.map(\.reached)
            state.observers.removeAll { $0.timerCount <= count }
            return (state.lastNumber, reached)
        }
        for observer in reached { observer.deliver(()) }
        if number == nil { fire() }
        return number
    }

    private func removeTimer(_ number: UInt64?) {
        guard let number else { return }
        self.state.withLock { $0.timers.removeAll { $0.number == number } }
    }
}
