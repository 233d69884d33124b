import Dispatch
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite struct LongWorkTests {
    /// One thread at a time, as an event loop is one.
    private final class OneThread: TaskExecutor {
        private let queue = DispatchQueue(label: "one-thread")
        private let key = DispatchSpecificKey<Bool>()

        init() {
            self.queue.setSpecific(key: self.key, value: true)
        }

        var isCurrent: Bool { DispatchQueue.getSpecific(key: self.key) == true }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            self.queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    @Test("short work is done where the task stands, long work elsewhere, and the task comes back")
    func places() async {
        let executor = OneThread()
        let task = Task(executorPreference: executor) {
            let short = await LongWork.run(on: LongWork.bytesOnLoopMax) { executor.isCurrent }
            let long = await LongWork.run(on: LongWork.bytesOnLoopMax + 1) { executor.isCurrent }
            return (short, long, executor.isCurrent)
        }
        let (short, long, after) = await task.value
        #expect(short && !long && after)
    }

    @Test("an operation that callers share runs where its first caller does")
    func flights() async {
        let executor = OneThread()
        let flights = SingleFlight<Bool, Never>()
        let task = Task(executorPreference: executor) {
            await flights.land(.sample(1), deadline: .distantFuture, keepsRunning: true) { executor.isCurrent }
        }
        guard case .done(true, .alone) = await task.value else {
            Issue.record("it ran elsewhere")
            return
        }
    }
}
