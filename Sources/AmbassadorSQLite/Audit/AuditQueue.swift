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

    struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    struct State {
        // In order, each but the last full.
        var chunks: Deque<[AuditRecord]> = []
        var queued = 0
        // Empty ones, whose memory is used on.
        var spares: [[AuditRecord]] = []
        var committing: [Committing] = []
        var tickets: UInt64 = 0
        var waiters: Deque<Waiter> = []
        var waiterIDs: UInt64 = 0
        var isClosed = false
        var gap = AuditGap()
    }

    /// What became of a record.
    enum Appended {
        case queued
        /// There is no room for it, and it counts in the gap.
        case left
        /// The queue was closed for good.
        case closed
    }

    /// Records that are worth the writer's attention before its time.
    private static let batchGoal = 256
    /// Records that lie together: what the writer takes is taken in whole chunks.
    fileprivate static let chunkRecords = 1_024
    private static let sparesMax = 16

    let capacity: Int
    private let whenFull: WhenFull
    private let signal: WriterSignal
    // Places taken: reserved, queued, or in the writer's hands.
    private let taken = Atomic<Int>(0)
    private let state: Mutex<State>

    init(capacity: Int, whenFull: WhenFull = .refuse, signal: WriterSignal) {
        self.capacity = max(1, capacity)
        self.whenFull = whenFull
        self.signal = signal
        self.state = Mutex(State())
    }

    /// The places that are taken.
    var count: Int { self.taken.load(ordering: .relaxed) & (Self.closed - 1) }

    // Added to the places that are taken by a close: no place is ever free again.
    private static let closed = 1 << 40

    /// Whether all places are taken.
    var isFull: Bool { self.count >= self.capacity }

    /// Whether somebody waits for the commit of what is queued, or enough is queued.
    var isUrgent: Bool {
        self.state.withLock { !$0.committing.isEmpty || $0.queued >= Self.batchGoal }
    }

    /// Whether somebody waits for the commit of what is queued.
    var hasCommitting: Bool { self.state.withLock { !$0.committing.isEmpty } }

    var isEmpty: Bool { self.state.withLock { $0.queued == 0 && $0.committing.isEmpty } }

    /// Takes a place; one that there is not, where requests are served all the same: its record may then be left out.
    func reserve() -> Bool {
        let limit = self.whenFull == .serve ? Self.closed : self.capacity
        var seen = self.taken.load(ordering: .relaxed)
        while seen < limit {
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
    func append(_ record: consuming AuditRecord) -> Appended {
        // Handed over rather than copied: a record holds half a dozen references.
        var handed: AuditRecord? = consume record
        var result = Appended.queued
        let queued = self.state.withLock { state in
            guard !state.isClosed, let record = handed.take() else {
                result = .closed
                return 0
            }
            if state.queued >= self.capacity {
                state.gap.add(record.time)
                result = .left
            } else {
                state.append(record)
            }
            return state.queued
        }
        guard result == .queued else {
            self.release(1)
            return result
        }
        self.signal.notify(urgent: queued >= Self.batchGoal)
        return result
    }

    /// Counts records in the gap that could not be written, and whose requests are answered all the same.
    func leave(_ records: [Committing]) {
        self.state.withLock { state in
            for item in records { state.gap.add(item.record.time) }
        }
    }

    /// Adds the gap, if there is one, to what the writer has of it.
    func takeGap(_ gap: inout AuditGap) {
        self.state.withLock { state in
            guard state.gap.count > 0 else { return }
            gap.add(state.gap)
            state.gap = AuditGap()
        }
    }

    /// How many wait for a place.
    var waiterCount: Int { self.state.withLock { $0.waiters.count } }

    /// Refuses those who wait for a place: there is no telling when one comes free.
    func refuseWaiters() {
        let waiters = self.state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
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

    /// Hands the oldest records to the writer, in exchange for empty chunks whose memory is used on.
    ///
    /// - Parameters:
    ///   - chunks: what they are appended to.
    ///   - spares: what is taken back as far as it is of use, and emptied.
    ///   - limit: no further chunk is taken once so many were.
    /// - Returns: how many records were handed over.
    func take(_ chunks: inout [[AuditRecord]], giving spares: inout [[AuditRecord]], limit: Int) -> Int {
        let taken = self.state.withLock { state in
            var taken = 0
            while taken < limit, let chunk = state.chunks.popFirst() {
                taken += chunk.count
                chunks.append(chunk)
            }
            state.queued -= taken
            while state.spares.count < Self.sparesMax, let spare = spares.popLast() { state.spares.append(spare) }
            return taken
        }
        spares.removeAll(keepingCapacity: true)
        return taken
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
            guard state.queued == 0, state.committing.isEmpty else { return nil }
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

extension AuditQueue.State {
    fileprivate mutating func append(_ record: consuming AuditRecord) {
        self.queued += 1
        if let last = self.chunks.indices.last, self.chunks[last].count < AuditQueue.chunkRecords {
            self.chunks[last].append(record)
            return
        }
        var chunk = self.spares.popLast() ?? []
        chunk.append(record)
        self.chunks.append(chunk)
    }
}
