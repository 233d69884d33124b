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
}
