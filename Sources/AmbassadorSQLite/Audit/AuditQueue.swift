import AmbassadorCore
import DequeModule
import Synchronization

/// The bounded queue between the requests and the writing thread.
///
/// A place is taken before a request is served and given back when its record is committed, so that a record always has one.
final class AuditQueue: Sendable {
    /// A record whose request waits for the commit.
    struct Committing: Sendable {
        enum Waiter: Sendable {
            case task(CheckedContinuation<Bool, Never>)
            case loop(CommitListener, CommitTicket)
        }

        let record: AuditRecord
        let waiter: Waiter
    }

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var records: [AuditRecord] = []
        var committing: [Committing] = []
        var tickets: UInt64 = 0
        var waiters: Deque<Waiter> = []
        var waiterIDs: UInt64 = 0
        var isClosed = false
    }

    /// Records that are worth a commit before its time.
    ///
    /// More than come within a commit interval, so that under load too it is time that makes a batch: each commit writes the pages whole
    /// that it touched.
    static let batchGoal = 2_048

    let capacity: Int
    private let signal: WriterSignal
    // Places taken: reserved, queued, or in the writer's hands.
    private let taken = Atomic<Int>(0)
    private let state: Mutex<State>

    init(capacity: Int, signal: WriterSignal) {
        self.capacity = max(1, capacity)
        self.signal = signal
        var state = State()
        state.records.reserveCapacity(1024)
        self.state = Mutex(state)
    }

    /// The places that are taken.
    var count: Int { self.taken.load(ordering: .relaxed) & (Self.closed - 1) }

    // Added to the places that are taken by a close: no place is ever free again.
    private static let closed = 1 << 40

    /// Whether somebody waits for the commit of what is queued, or enough is queued.
    var isUrgent: Bool {
        self.state.withLock { !$0.committing.isEmpty || $0.records.count >= Self.batchGoal }
    }

    var isEmpty: Bool { self.state.withLock { $0.records.isEmpty && $0.committing.isEmpty } }

    func reserve() -> Bool {
        var seen = self.taken.load(ordering: .relaxed)
        while seen < self.capacity {
            let (exchanged, original) = self.taken.compareExchange(
                expected: seen,
                desired: seen + 1,
                ordering: .relaxed
            )
            if exchanged { return true }
            seen = original
        }
        return false
    }

    func reserveWaiting(patience: Duration) async -> Bool {
        if self.reserve() { return true }
        let id = self.state.withLock { state in
            state.waiterIDs += 1
            return state.waiterIDs
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(id: id, continuation: continuation)
                self.wait(waiter, patience: patience, isCancelled: Task.isCancelled)
            }
        } onCancel: {
            self.giveUp(id)
        }
    }

    /// Appends a record that nobody waits for; its place was taken before.
    ///
    /// - Returns: `false` where the queue was closed for good and the record went nowhere.
    func append(_ record: consuming AuditRecord) -> Bool {
        // Handed over rather than copied: a record holds half a dozen references.
        var handed: AuditRecord? = consume record
        let queued: Int? = self.state.withLock { state in
            guard !state.isClosed, let record = handed.take() else { return nil }
            state.records.append(record)
            return state.records.count
        }
        guard let queued else {
            self.release(1)
            return false
        }
        self.signal.notify(urgent: queued >= Self.batchGoal)
        return true
    }

    /// Appends a record whose request waits in a task; its place was taken before.
    func append(_ record: AuditRecord, resuming continuation: CheckedContinuation<Bool, Never>) {
        let isOpen = self.state.withLock { state in
            guard !state.isClosed else { return false }
            state.committing.append(Committing(record: record, waiter: .task(continuation)))
            return true
        }
        guard isOpen else {
            self.release(1)
            continuation.resume(returning: false)
            return
        }
        self.commit()
    }

    /// Appends a record whose request an event loop holds; its place was taken before.
    ///
    /// - Returns: `nil` where the queue was closed for good and the record went nowhere.
    func append(_ record: AuditRecord, telling listener: CommitListener) -> CommitTicket? {
        let ticket: CommitTicket? = self.state.withLock { state in
            guard !state.isClosed else { return nil }
            state.tickets += 1
            let ticket = CommitTicket(state.tickets)
            state.committing.append(Committing(record: record, waiter: .loop(listener, ticket)))
            return ticket
        }
        if ticket == nil { self.release(1) }
        return ticket
    }

    /// Lets the writer know that somebody waits for the commit of what is queued.
    func commit() {
        self.signal.notify(urgent: true)
    }

    /// Hands the queued records to the writer, in exchange for an empty array whose memory is used on.
    func take(_ records: inout [AuditRecord]) {
        self.state.withLock { swap(&$0.records, &records) }
    }

    /// Adds the records whose requests wait to those that the writer has.
    func take(_ committing: inout [Committing]) {
        self.state.withLock { state in
            guard !state.committing.isEmpty else { return }
            if committing.isEmpty { swap(&committing, &state.committing) } else { committing += state.committing }
            state.committing.removeAll(keepingCapacity: true)
        }
    }

    /// Gives places back, to those who wait first.
    func release(_ count: Int) {
        guard count > 0 else { return }
        self.taken.subtract(count, ordering: .relaxed)
        let granted = self.state.withLock { state in
            var granted: [CheckedContinuation<Bool, Never>] = []
            while !state.waiters.isEmpty, self.reserve() {
                granted.append(state.waiters.removeFirst().continuation)
            }
            return granted
        }
        for continuation in granted { continuation.resume(returning: true) }
    }

    /// Refuses everything from now on, unless something was queued in the meantime.
    func closeIfEmpty() -> Bool {
        let waiters: Deque<Waiter>? = self.state.withLock { state in
            guard state.records.isEmpty, state.committing.isEmpty else { return nil }
            guard !state.isClosed else { return [] }
            state.isClosed = true
            self.taken.add(Self.closed, ordering: .relaxed)
            defer { state.waiters = [] }
            return state.waiters
        }
        guard let waiters else { return false }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
        return true
    }

    private func wait(_ waiter: Waiter, patience: Duration, isCancelled: Bool) {
        // A place that came free since the first try would wake nobody: try again where the release looks for waiters.
        let result: Bool? = self.state.withLock { state in
            if isCancelled || state.isClosed { return false }
            if self.reserve() { return true }
            state.waiters.append(waiter)
            return nil
        }
        if let result { return waiter.continuation.resume(returning: result) }
        // Started only now: a timer that fired before the waiter stood in its place would have fired for nothing.
        Task { [self] in
            try? await Task.sleep(for: patience)
            self.giveUp(waiter.id)
        }
    }

    private func giveUp(_ id: UInt64) {
        let waiter: Waiter? = self.state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }
}
