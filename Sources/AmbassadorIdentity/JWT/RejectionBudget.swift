import NIOCore
import Synchronization

/// How much of the event loops' time tokens may take that are then rejected.
///
/// To check a signature takes many times what it takes to send one: of RSA with 4096 bits some 0.07 ms, on P-384 and P-521 half a
/// millisecond and more. Rejected tokens get a fiftieth of one processor, of all loops together; while that is used up, tokens that are
/// not remembered are checked elsewhere.
final class RejectionBudget: Sendable {
    /// What may be used at once.
    static let burst: TimeAmount = .milliseconds(2)
    private static let share: Int64 = 50

    private struct State {
        /// In nanoseconds; it wears off with time.
        var used: Int64 = 0
        var countedAt = NIODeadline.uptimeNanoseconds(0)
    }

    private let state = Mutex(State())

    /// Whether a loop may take the time for a token that may be rejected.
    func hasRoom(at now: NIODeadline) -> Bool {
        self.state.withLock { state in
            Self.wearOff(&state, at: now)
            return state.used < Self.burst.nanoseconds
        }
    }

    /// Counts the time that a rejected token took.
    func charge(_ duration: TimeAmount, at now: NIODeadline) {
        self.state.withLock { state in
            Self.wearOff(&state, at: now)
            // No more than a second's work, so that a suspended machine does not keep loops from tokens for an hour.
            state.used = min(state.used + duration.nanoseconds, Self.burst.nanoseconds + 1_000_000_000 / Self.share)
        }
    }

    private static func wearOff(_ state: inout State, at now: NIODeadline) {
        // Threads that race may be a little behind.
        guard now > state.countedAt else { return }
        state.used = max(0, state.used - (now - state.countedAt).nanoseconds / Self.share)
        state.countedAt = now
    }
}
