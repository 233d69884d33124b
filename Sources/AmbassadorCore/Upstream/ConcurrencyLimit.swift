import DequeModule
package import NIOCore
import Synchronization

/// A bound on the calls that are under way at once, with a bounded queue before it (a bulkhead).
///
/// Whoever waits longest goes next; nobody who comes later passes the queue.
package final class ConcurrencyLimit: Sendable {
    /// How an acquisition ended; `acquired`, and only that, is followed by ``release()``.
    package enum Outcome: Sendable, Hashable {
        case acquired
        /// As many wait as may: returned at once.
        case queueFull
        /// The deadline passed first.
        case timedOut
        /// The caller's task was cancelled first.
        case cancelled
    }

    private struct Waiter {
        let number: UInt64
        let turn: OneShot<Outcome>
    }

    private struct State {
        var inFlight = 0
        var queue = Deque<Waiter>()
        var lastNumber: UInt64 = 0
    }

    private let limit: Int
    private let queueMax: Int
    private let sleeper: Sleeper
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: how many calls may be under way.
    ///   - queueMax: how many callers may wait beside them.
    ///   - sleeper: what the deadlines are waited with.
    package init(limit: Int = 64, queueMax: Int = 256, sleeper: Sleeper = .system) {
        precondition(limit > 0 && queueMax >= 0)
        self.limit = limit
        self.queueMax = queueMax
        self.sleeper = sleeper
    }

    /// The calls that are under way.
    package var inFlight: Int { self.state.withLock { $0.inFlight } }

    /// The callers that wait.
    package var queued: Int { self.state.withLock { $0.queue.count } }

    /// Takes a place, waiting for it in turn.
    ///
    /// A place that comes free just as the task is cancelled or its deadline passes may still be `acquired`.
    package func acquire(deadline: NIODeadline) async -> Outcome {
        guard !Task.isCancelled else { return .cancelled }
        let turn = OneShot<Outcome>()
        let (outcome, number) = self.state.withLock { state -> (Outcome?, UInt64) in
            // The queue is empty whenever a place is free: release() hands places over.
            if state.inFlight < self.limit {
                state.inFlight += 1
                return (.acquired, 0)
            }
            guard state.queue.count < self.queueMax else { return (.queueFull, 0) }
            state.lastNumber += 1
            state.queue.append(Waiter(number: state.lastNumber, turn: turn))
            return (nil, state.lastNumber)
        }
        if let outcome {
            return outcome
        }
        return await turn.value(until: deadline, sleeper: self.sleeper) { departure in
            self.leave(number, for: departure)
        }
    }

    /// Gives a place back: to whoever waits longest, if anybody does.
    package func release() {
        let next = self.state.withLock { state in
            precondition(state.inFlight > 0, "a place was released that nobody had acquired")
            guard let next = state.queue.popFirst() else {
                state.inFlight -= 1
                return nil as Waiter?
            }
            return next
        }
        next?.turn.deliver(.acquired)
    }

    private func leave(_ number: UInt64, for departure: Departure) {
        let leaving = self.state.withLock { state in
            state.queue.firstIndex { $0.number == number }.map { state.queue.remove(at: $0) }
        }
        switch departure {
        case .deadline: leaving?.turn.deliver(.timedOut)
        case .cancellation: leaving?.turn.deliver(.cancelled)
        }
    }
}
