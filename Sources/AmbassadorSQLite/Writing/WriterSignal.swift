import Dispatch
import NIOCore
import Synchronization

/// How producers wake the writing thread: a system call only where it sleeps.
///
/// The writer announces that it is about to sleep and then looks at its queues once more; a producer appends and then looks at the
/// announcement. Whichever comes first, one of the two sees the other.
final class WriterSignal: Sendable {
    private enum Phase {
        static let working: UInt8 = 0
        /// Collecting a batch: only what is urgent wakes it.
        static let collecting: UInt8 = 1
        static let idle: UInt8 = 2
    }

    private let phase = Atomic<UInt8>(Phase.working)
    private let semaphore = DispatchSemaphore(value: 0)

    /// Tells the writer that there is something in its queues.
    ///
    /// - Parameter urgent: whether somebody waits for the commit.
    func notify(urgent: Bool) {
        let seen = self.phase.load(ordering: .sequentiallyConsistent)
        guard seen == Phase.idle || (urgent && seen == Phase.collecting) else { return }
        if self.phase.exchange(Phase.working, ordering: .sequentiallyConsistent) != Phase.working {
            self.semaphore.signal()
        }
    }

    /// Sleeps until there is work.
    func sleep(atMost limit: TimeAmount, unless hasWork: () -> Bool) {
        self.wait(Phase.idle, limit, unless: hasWork)
    }

    /// Sleeps while a batch is collected, until it is due or somebody waits for it.
    func collect(atMost limit: TimeAmount, unless isUrgent: () -> Bool) {
        self.wait(Phase.collecting, limit, unless: isUrgent)
    }

    /// Sleeps although there may be work: after a write that failed.
    func pause(for limit: TimeAmount) {
        _ = self.semaphore.wait(timeout: .now() + .nanoseconds(Int(clamping: limit.nanoseconds)))
    }

    private func wait(_ phase: UInt8, _ limit: TimeAmount, unless condition: () -> Bool) {
        guard limit > .zero else { return }
        self.phase.store(phase, ordering: .sequentiallyConsistent)
        if !condition() {
            // A signal that comes just after the time is up stays in the semaphore: the next wait then ends at once, which only
            // costs one look at the queues.
            _ = self.semaphore.wait(timeout: .now() + .nanoseconds(Int(clamping: limit.nanoseconds)))
        }
        self.phase.store(Phase.working, ordering: .sequentiallyConsistent)
    }
}
