import NIOCore
import Synchronization

/// Does what callers make long, such as reading a body of many megabytes, on threads of its own.
///
/// The threads stand back behind event loops, there are few, and they leave Swift's own threads to others. Parties take turns: who
/// sends one long request waits for one of each other party, not for all that another one sent before.
///
/// Bound: half as many works at once as there are processors; 64 works of a party wait, and 1,024 of all.
package final class CallerWork: Sendable {
    /// Who has work done.
    package struct Party: Hashable, Sendable {
        let tenant: TenantID
        let principal: String
        let address: String?

        package init(tenant: TenantID, principal: String, address: String?) {
            self.tenant = tenant
            self.principal = principal
            self.address = address
        }
    }

    /// Why work was not done.
    package enum NotDone: Error, Hashable {
        /// The task that waited for it was cancelled before its turn.
        case cancelled
        /// As much work waits as may.
        case queueFull
    }

    private struct State {
        var queue: TurnQueue<Party, @Sendable () -> Void>
        var threads = 0
    }

    /// The threads get a tenth of a core that a busy event loop uses too, and all of an idle core.
    private static let niceness: Int32 = 10
    private let threadsMax: Int
    private let state: Mutex<State>

    package init(threadsMax: Int = max(1, System.coreCount / 2), waitingMax: Int = 1_024, waitingOfPartyMax: Int = 64) {
        self.threadsMax = threadsMax
        self.state = Mutex(State(queue: TurnQueue(countMax: waitingMax, countOfPartyMax: waitingOfPartyMax)))
    }

    /// How many works wait for a thread.
    package var waiting: Int { self.state.withLock { $0.queue.count } }

    /// Does work in the party's turn and waits for it.
    ///
    /// - Throws: why the work was not even begun; once begun it is done to its end.
    package func run<Value: Sendable>(
        for party: Party,
        _ work: @escaping @Sendable () -> Value
    ) async throws(NotDone) -> Value {
        guard !Task.isCancelled else { throw .cancelled }
        let arrival = OneShot<Result<Value, NotDone>>()
        let (number, needsThread) = self.state.withLock { state -> (UInt64?, Bool) in
            let number = state.queue.push({ arrival.deliver(.success(work())) }, for: party)
            guard number != nil, state.threads < self.threadsMax else { return (number, false) }
            state.threads += 1
            return (number, true)
        }
        guard let number else { throw .queueFull }
        if needsThread { self.startThread() }
        let result = await arrival.value(until: .distantFuture, sleeper: .system) { _ in
            guard self.state.withLock({ $0.queue.remove(number, of: party) }) else { return }
            arrival.deliver(.failure(.cancelled))
        }
        return try result.get()
    }

    /// A thread lives as long as there is work: to start one costs little beside what it does.
    private func startThread() {
        guard DedicatedThread.start(niceness: Self.niceness, { self.work() }) != 0 else { return }
        // The system has no more threads for now.
        Task(executorPreference: globalConcurrentExecutor) { self.work() }
    }

    private func work() {
        while let next = self.takeNext() { next() }
    }

    private func takeNext() -> (@Sendable () -> Void)? {
        self.state.withLock { state in
            if let next = state.queue.pop() { return next }
            state.threads -= 1
            return nil
        }
    }
}
