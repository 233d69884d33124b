import AmbassadorCore
import NIOCore
import Testing

@Suite struct SleeperTests {
    @Test("the machine's timers never return early")
    func system() async throws {
        let deadline = NIODeadline.now().advanced(by: .milliseconds(5))
        try await Sleeper.system.sleep(until: deadline)
        #expect(NIODeadline.now() >= deadline)
        try await Sleeper.system.sleep(until: .distantPast)
    }

    @Test("a wait without end ends when its task is cancelled")
    func cancellation() async {
        let task = Task { try await Sleeper.system.sleep(until: .distantFuture) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("an alarm rings once its moment has come, and not where it is cancelled before")
    func alarms() async {
        let cancelled = OneShot<Bool>()
        Sleeper.system.alarm(at: .now() + .milliseconds(20)) { cancelled.deliver(true) }.cancel()
        let rang = OneShot<NIODeadline>()
        let deadline = NIODeadline.now() + .milliseconds(40)
        let alarm = Sleeper.system.alarm(at: deadline) { rang.deliver(.now()) }
        #expect(await rang.value() >= deadline)
        alarm.cancel()
        cancelled.deliver(false)
        #expect(await cancelled.value() == false)
    }
}
