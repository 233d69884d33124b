import NIOCore
import Synchronization

/// Until when a flow is not called, since the answer to a call asked to wait (`Retry-After`, RFC 9110 §10.2.3).
///
/// Each flow has its own: such an answer does not say whether it is about one flow or about all.
final class CallHold: Sendable {
    /// The longest wait that is kept; a server that asks for more is called once a minute.
    static let secondsMax = 60

    private struct State {
        let status: Int
        let until: NIODeadline
    }

    private let state = Mutex<State?>(nil)

    /// Notes that an answer with a status asked to wait from now on.
    func note(status: Int, seconds: Int, at now: NIODeadline) {
        let until = now + .seconds(Int64(min(seconds, Self.secondsMax)))
        self.state.withLock { state in
            if state.map({ $0.until < until }) ?? true { state = State(status: status, until: until) }
        }
    }

    /// Why no call may be made now; `nil` where it may.
    func refusal(at now: NIODeadline) -> FetchError? {
        self.state.withLock { state in
            guard let held = state else { return nil }
            guard now < held.until else {
                state = nil
                return nil
            }
            let nanoseconds = (held.until - now).nanoseconds
            return .held(status: held.status, retryAfterSeconds: Int((nanoseconds + 999_999_999) / 1_000_000_000))
        }
    }
}
