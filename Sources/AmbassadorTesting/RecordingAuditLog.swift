package import AmbassadorCore
import Synchronization

/// An audit log that keeps its records in memory, bounded if a test says so.
package final class RecordingAuditLog: AuditLog {
    private struct Held {
        let record: AuditRecord
        let listener: CommitListener
        let ticket: CommitTicket
    }

    private struct State {
        var records: [AuditRecord] = []
        var places: Int
        var isFailing = false
        var tickets: UInt64 = 0
        var held: [Held] = []
        var commits = 0
        var isClosed = false
    }

    package let durability: AuditDurability
    private let settlesAtOnce: Bool
    private let state: Mutex<State>

    /// Makes a log that takes so many records before it is full.
    ///
    /// - Parameters:
    ///   - durability: its promise.
    ///   - places: how many records it takes.
    ///   - settlesAtOnce: whether a commit settles what is held; else only ``settle(_:isCommitted:)`` does.
    package init(durability: AuditDurability = .batched, places: Int = .max, settlesAtOnce: Bool = true) {
        self.durability = durability
        self.settlesAtOnce = settlesAtOnce
        self.state = Mutex(State(places: places))
    }

    /// The records so far, in order.
    package var records: [AuditRecord] { self.state.withLock { $0.records } }

    /// Makes every later commit fail.
    package func fail() {
        self.state.withLock { $0.isFailing = true }
    }

    package func reserve() -> Bool {
        self.state.withLock { state in
            guard state.places > 0 else { return false }
            state.places -= 1
            return true
        }
    }

    package func reserveWaiting() async -> Bool { self.reserve() }

    package func record(_ record: AuditRecord) {
        self.state.withLock { $0.records.append(record) }
    }

    /// Keeps each one by itself.
    package func sum(_ refusal: AuditRecord) {
        self.record(refusal)
    }

    package func recordCommitted(_ record: AuditRecord) async -> Bool {
        self.state.withLock { state in
            guard !state.isFailing else { return false }
            state.records.append(record)
            return true
        }
    }

    package func record(_ record: AuditRecord, telling listener: CommitListener) -> CommitTicket? {
        self.state.withLock { state in
            guard !state.isClosed else { return nil }
            state.tickets += 1
            let ticket = CommitTicket(state.tickets)
            state.held.append(Held(record: record, listener: listener, ticket: ticket))
            return ticket
        }
    }

    package func commit() {
        let isFailing = self.state.withLock { state in
            state.commits += 1
            return state.isFailing
        }
        if self.settlesAtOnce { self.settle(.max, isCommitted: !isFailing) }
    }

    /// How many records are held whose commit is waited for.
    package var heldCount: Int { self.state.withLock { $0.held.count } }

    /// How often a commit was asked for.
    package var commits: Int { self.state.withLock { $0.commits } }

    /// Takes no record any more that a loop would wait for.
    package func close() {
        self.state.withLock { $0.isClosed = true }
    }

    /// Settles the first so many of what is held as one batch, all for the same listener.
    package func settle(_ count: Int, isCommitted: Bool) {
        let batch = self.state.withLock { state in
            let batch = Array(state.held.prefix(count))
            state.held.removeFirst(batch.count)
            if isCommitted { state.records += batch.map(\.record) }
            return batch
        }
        guard let last = batch.last else { return }
        last.listener.tell(CommitProgress(through: last.ticket, isCommitted: isCommitted))
    }
}
