package import NIOCore
import Synchronization

/// Keeps what happens again and again from filling a log: it is said once, and then once a minute with how often it was.
package final class RepeatedComplaint: Sendable {
    private struct State {
        var count = 0
        var restsUntil = NIODeadline.distantPast
    }

    private let interval: TimeAmount
    private let state = Mutex(State())

    package init(every interval: TimeAmount = .minutes(1)) {
        self.interval = interval
    }

    /// Notes that it happened once more.
    ///
    /// - Returns: how often it has since it was said last, where it is to be said now; else `nil`.
    package func note(at now: NIODeadline) -> Int? {
        self.state.withLock { state in
            state.count += 1
            guard now >= state.restsUntil else { return nil }
            defer { state.count = 0 }
            state.restsUntil = now + self.interval
            return state.count
        }
    }
}
