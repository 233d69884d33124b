package import NIOCore
import Synchronization

/// A bound on the calls that are under way at once, with a bounded queue before it (a bulkhead).
///
/// The bound is a fixed number, or is found out from how long calls take. Nobody who comes later passes the queue but for a flow of
/// which fewer calls are under way.
package final class ConcurrencyLimit: Sendable {
    /// How an acquisition ended; `acquired`, and only that, is followed by a release.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case acquired
        /// As many wait as may.
        case queueFull = "queue_full"
        /// The deadline passed first, or came too near for an answer.
        case timedOut = "timed_out"
        /// The caller's task was cancelled first.
        case cancelled
    }

    private typealias Turn = OneShot<Outcome>

    private struct State {
        var machine: StateMachine<Turn>
        /// Whether an alarm is set that looks after the queue.
        var isWatched = false
    }

    /// How often a waiting queue is looked after while nothing ends.
    private static let watchPause = Duration.milliseconds(250)

    private let sleeper: Sleeper
    private let now: @Sendable () -> NIODeadline
    private let state: Mutex<State>
    private let refusals: [Outcome: Counter]

    /// - Parameters:
    ///   - limit: how many calls may be under way; `nil` finds it out.
    ///   - queueMax: how many callers may wait beside them.
    ///   - sleeper: what the deadlines are waited with.
    ///   - now: the monotonic clock.
    ///   - registry: where refusals are counted; `nil` counts them nowhere.
    package init(
        limit: Int? = 64,
        queueMax: Int = 256,
        sleeper: Sleeper = .system,
        now: @escaping @Sendable () -> NIODeadline = { .now() },
        metrics registry: MetricRegistry? = nil
    ) {
        precondition(limit.map { $0 > 0 } ?? true && queueMax >= 0)
        self.sleeper = sleeper
        self.now = now
        self.state = Mutex(State(machine: StateMachine(limit.map { .fixed($0) } ?? .auto, queueMax: queueMax)))
        self.refusals = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.compactMap { outcome in
                guard let registry, outcome != .acquired else { return nil }
                return (outcome, registry.counter(.upstreamQueueRefusals, ("reason", outcome.rawValue)))
            }
        )
    }

    /// The most calls that a limit which is found out lets go.
    package static var autoMax: Int { AdaptiveLimit.Bounds.auto.max }

    /// How many calls may be under way now.
    package var limit: Int { self.state.withLock { $0.machine.limit } }

    /// The calls that are under way.
    package var inFlight: Int { self.state.withLock { $0.machine.inFlight } }

    /// The callers that wait.
    package var queued: Int { self.state.withLock { $0.machine.queued } }

    /// Whether calls take so long because so many are under way.
    var isOverloading: Bool { self.state.withLock { $0.machine.isOverloading } }

    /// Takes a place, waiting for it in turn.
    ///
    /// A place that comes free just as the task is cancelled or its deadline passes may still be `acquired`.
    package func acquire(for flow: FlowName? = nil, deadline: NIODeadline) async -> Outcome {
        let outcome = await self.outcome(for: flow, deadline: deadline)
        self.refusals[outcome]?.increment()
        return outcome
    }

    private func outcome(for flow: FlowName?, deadline: NIODeadline) async -> Outcome {
        guard !Task.isCancelled else { return .cancelled }
        let turn = Turn()
        let now = self.now()
        let (admission, watches) = self.state.withLock { state in
            let admission = state.machine.acquire(turn, for: flow, deadline: deadline, at: now)
            guard case .queued = admission, state.machine.isAdaptive, !state.isWatched else {
                return (admission, false)
            }
            state.isWatched = true
            return (admission, true)
        }
        if watches { self.watch() }
        let number: UInt64
        switch admission {
        case .acquired: return .acquired
        case .queueFull: return .queueFull
        case .queued(let place, let evicted):
            evicted?.deliver(.queueFull)
            number = place
        }
        return await turn.value(until: deadline, sleeper: self.sleeper) { departure in
            self.leave(number, of: flow, for: departure)
        }
    }

    /// Releases a place; the next waiting call gets it, if there is one.
    package func release() {
        self.release(of: nil, nil)
    }

    /// Gives a place back, and tells how long the call took where that says something of LangFlow.
    func release(of flow: FlowName?, _ sample: CallSample?) {
        let now = self.now()
        let turns = self.state.withLock { $0.machine.release(of: flow, sample, at: now) }
        for (turn, outcome) in turns { turn.deliver(outcome) }
    }

    /// Looks after the queue while calls wait and none ends.
    private func watch() {
        _ = self.sleeper.alarm(at: self.now().advanced(by: Self.watchPause)) {
            let now = self.now()
            let (turns, isWatched) = self.state.withLock { state in
                let turns = state.machine.look(at: now)
                state.isWatched = state.machine.queued > 0
                return (turns, state.isWatched)
            }
            for (turn, outcome) in turns { turn.deliver(outcome) }
            if isWatched { self.watch() }
        }
    }

    private func leave(_ number: UInt64, of flow: FlowName?, for departure: Departure) {
        let leaving = self.state.withLock { $0.machine.leave(number, of: flow) }
        switch departure {
        case .deadline: leaving?.deliver(.timedOut)
        case .cancellation: leaving?.deliver(.cancelled)
        }
    }
}
