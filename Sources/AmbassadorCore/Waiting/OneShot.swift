package import NIOCore
import Synchronization

/// A value that one task waits for and another delivers, once.
///
/// The two may come in either order, so what decides under a lock never holds a continuation.
package final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case delivered(Value)
        case taken
    }

    private let state = Mutex(State.empty)

    package init() {}

    /// Delivers the value; the first delivery counts and later ones do nothing.
    ///
    /// Resumes the waiting task, so it must not be called inside a lock.
    package func deliver(_ value: Value) {
        let continuation: CheckedContinuation<Value, Never>? = self.state.withLock { state in
            switch state {
            case .empty:
                state = .delivered(value)
                return nil
            case .awaited(let continuation):
                state = .taken
                return continuation
            case .delivered, .taken:
                return nil
            }
        }
        continuation?.resume(returning: value)
    }

    /// Waits for the value, however long it takes and whether or not the task is cancelled; asked for once.
    package func value() async -> Value {
        await withCheckedContinuation { continuation in
            let delivered: Value? = self.state.withLock { state in
                switch state {
                case .empty:
                    state = .awaited(continuation)
                    return nil
                case .delivered(let value):
                    state = .taken
                    return value
                case .awaited, .taken:
                    preconditionFailure("a OneShot was awaited twice")
                }
            }
            if let delivered {
                continuation.resume(returning: delivered)
            }
        }
    }

    /// Waits for the value, and tells when patience ends first.
    ///
    /// It returns only what is delivered: `leave` must see to it that the value comes, unless it is on its way already.
    ///
    /// - Parameters:
    ///   - deadline: on the monotonic clock; `distantFuture` sets no timer.
    ///   - sleeper: what the deadline is waited with.
    ///   - leave: called when the deadline passes, when the task is cancelled, or both; it may be called late.
    /// - Returns: what was delivered.
    package func value(
        until deadline: NIODeadline,
        sleeper: Sleeper,
        leave: @escaping @Sendable (Departure) -> Void
    ) async -> Value {
        await withTaskCancellationHandler {
            guard deadline < .distantFuture else { return await self.value() }
            let alarm = sleeper.alarm(at: deadline) { leave(.deadline) }
            defer { alarm.cancel() }
            return await self.value()
        } onCancel: {
            leave(.cancellation)
        }
    }
}

/// Why a task stops waiting before its turn.
package enum Departure: Sendable, Hashable {
    case deadline
    case cancellation
}
