import NIOCore
import Synchronization

/// Lets something be said once a minute, however often it happens.
final class OncePerMinute: Sendable {
    private let next = Mutex(NIODeadline.distantPast)

    /// Whether it may be said now, which is then noted.
    func isDue(at now: NIODeadline) -> Bool {
        self.next.withLock { next in
            guard now >= next else { return false }
            next = now + .minutes(1)
            return true
        }
    }
}
