package import NIOCore
import Synchronization

/// Makes one operation of identical ones: whoever asks while it is under way waits for its end.
///
/// An operation runs in a task of its own that belongs to the single flight, so no caller's leaving ends it for the others. Each caller
/// waits under its own deadline and its own cancellation, and gets what the operation ended with, failure included.
package final class SingleFlight<Value: Sendable, Failure: Error>: Sendable {
    /// How a caller's wait ended.
    package enum Landing: Sendable {
        case done(Value, Share)
        case failed(Failure, Share)
        /// What the operation would bring is stored: one ended a moment ago.
        case stored
        /// The caller's deadline passed first.
        case waitedTooLong
        /// As many callers wait for the operation as may.
        case tooManyWaiters
        /// The caller's task was cancelled first.
        case cancelled
    }

    /// What is run: it must end by itself, within a timeout of its own, and soon after its task is cancelled.
    package typealias Operation = @Sendable () async throws(Failure) -> Value

    /// Gets the result of an operation that has no caller left; the operation counts as under way until this returns.
    package typealias Unclaimed = @Sendable (Result<Value, Failure>) async -> Void

    private let leaderGrace: Duration
    private let sleeper: Sleeper
    private let machine: Mutex<StateMachine>

    /// - Parameters:
    ///   - waitersMax: how many may wait for one operation beside the one that began it.
    ///   - backgroundMax: how many background refreshes may be under way at once.
    ///   - leaderGrace: how much longer than its deadline the caller waits that began an operation: one with a timeout at the same
    ///     moment ends with its own failure then, and in that caller's record.
    ///   - sleeper: what the deadlines are waited with.
    package init(
        waitersMax: Int = 1000,
        backgroundMax: Int = 64,
        leaderGrace: Duration = .zero,
        sleeper: Sleeper = .system
    ) {
        self.leaderGrace = leaderGrace
        self.sleeper = sleeper
        self.machine = Mutex(StateMachine(waitersMax: waitersMax, backgroundMax: backgroundMax))
    }

    /// Joins the operation of a key that is under way, or begins it.
    ///
    /// - Parameters:
    ///   - key: what makes two operations the same, with the generation.
    ///   - generation: as of when the caller asks.
    ///   - accepts: whether an operation of another generation is the caller's, too; if not, the caller's own takes its place for those
    ///     who come later. Asked without the lock.
    ///   - isStored: asked where no operation is under way, so that none can end between the question and the beginning of another; short,
    ///     and without flights.
    ///   - deadline: when this caller stops waiting, on the monotonic clock.
    ///   - keepsRunning: whether the operation goes on once nobody waits for it, since its answer will be kept. Where several callers
    ///     differ, it goes on. Otherwise its task is cancelled, and the next caller begins another.
    ///   - unclaimed: gets the result where this caller began the operation and no caller is left.
    ///   - operation: run where this caller is the first.
    /// - Returns: how this caller's wait ended; it always ends.
    package func land(
        _ key: CacheKey,
        _ generation: CallGeneration = CallGeneration(),
        accepts: (CallGeneration) -> Bool = { _ in true },
        unless isStored: () -> Bool = { false },
        deadline: NIODeadline,
        keepsRunning: Bool,
        unclaimed: @escaping Unclaimed = { _ in },
        operation: @escaping Operation
    ) async -> Landing {
        guard !Task.isCancelled else { return .cancelled }
        let arrival = OneShot<Landing>()
        var deadline = deadline
        let waiter: WaiterID
        switch self.join(key, generation, accepts: accepts, isStored, arrival, keepsRunning: keepsRunning) {
        case .refuse:
            return .tooManyWaiters
        case .stored:
            return .stored
        case .wait(let follower):
            waiter = follower
        case .lead(let leader):
            waiter = leader
            if self.leaderGrace > .zero { deadline = deadline.advanced(by: self.leaderGrace) }
            self.begin(leader.flight, operation, unclaimed)
        case .judge:
            preconditionFailure("a flight was joined that was not judged")
        }
        return await arrival.value(until: deadline, sleeper: self.sleeper) { departure in
            self.leave(waiter, for: departure)
        }
    }

    /// Joins what is under way where the caller accepts it; else another takes its place.
    private func join(
        _ key: CacheKey,
        _ generation: CallGeneration,
        accepts: (CallGeneration) -> Bool,
        _ isStored: () -> Bool,
        _ arrival: OneShot<Landing>,
        keepsRunning: Bool
    ) -> StateMachine.Join {
        var judgement: StateMachine.Judgement?
        while true {
            let join = self.machine.withLock { machine in
                if !machine.isUnderWay(key), isStored() { return StateMachine.Join.stored }
                return machine.join(key, generation, judgement, arrival: arrival, keepsRunning: keepsRunning)
            }
            guard case .judge(let flight, let found) = join else { return join }
            judgement = StateMachine.Judgement(flight: flight, isAccepted: accepts(found))
        }
    }

    /// Begins the operation of a key for nobody in particular, unless it is under way.
    ///
    /// - Returns: whether it was begun: not while the key's operation or `backgroundMax` others are under way, and not after
    ///   ``shutDown()``.
    @discardableResult
    package func refreshInBackground(
        _ key: CacheKey,
        _ generation: CallGeneration = CallGeneration(),
        unclaimed: @escaping Unclaimed = { _ in },
        operation: @escaping Operation
    ) -> Bool {
        guard let flight = self.machine.withLock({ $0.beginRefresh(of: key, generation) }) else { return false }
        self.begin(flight, operation, unclaimed)
        return true
    }

    /// Begins no background refresh from now on; callers are still served.
    package func shutDown() {
        self.machine.withLock { $0.shutDown() }
    }

    /// Waits until no operation is under way.
    ///
    /// - Returns: `false` where some still were when the deadline passed or the task was cancelled.
    package func drain(until deadline: NIODeadline = .distantFuture) async -> Bool {
        let drained = OneShot<Bool>()
        guard let waiting = self.machine.withLock({ $0.awaitEmpty(drained) }) else { return true }
        return await drained.value(until: deadline, sleeper: self.sleeper) { _ in
            self.machine.withLock { $0.stopAwaitingEmpty(waiting) }?.deliver(false)
        }
    }

    /// Cancels every operation that is under way; those who wait get the failure that it ends with.
    package func cancelAll() {
        for task in self.machine.withLock({ $0.tasks }) {
            task.cancel()
        }
    }

    /// How many operations are under way, those given up but not yet ended included.
    package var flightCount: Int { self.machine.withLock { $0.flightCount } }

    private func begin(_ flight: UInt64, _ operation: @escaping Operation, _ unclaimed: @escaping Unclaimed) {
        // Its own, but where its first caller runs: an operation that one event loop begins and ends changes no thread.
        let task = Task(executorPreference: CurrentTask.executor) {
            let result = await Self.result(of: operation)
            let waiters = self.machine.withLock { $0.land(flight) }
            for (waiter, share) in waiters { waiter.arrival.deliver(Self.landing(result, share)) }
            if waiters.isEmpty { await unclaimed(result) }
            for drained in self.machine.withLock({ $0.end(flight) }) { drained.deliver(true) }
        }
        // Everybody may have left, or the operation may have ended, before its task could be noted.
        self.machine.withLock { $0.attach(task, to: flight) }?.cancel()
    }

    private static func result(of operation: Operation) async -> Result<Value, Failure> {
        do throws(Failure) {
            return .success(try await operation())
        } catch {
            return .failure(error)
        }
    }

    private static func landing(_ result: Result<Value, Failure>, _ share: Share) -> Landing {
        switch result {
        case .success(let value): .done(value, share)
        case .failure(let failure): .failed(failure, share)
        }
    }

    private func leave(_ waiter: WaiterID, for departure: Departure) {
        guard let leaving = self.machine.withLock({ $0.leave(waiter) }) else { return }
        leaving.givenUp?.cancel()
        switch departure {
        case .deadline: leaving.arrival.deliver(.waitedTooLong)
        case .cancellation: leaving.arrival.deliver(.cancelled)
        }
    }
}
