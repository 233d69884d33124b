package import AmbassadorCore

/// The audit log in the SQLite file.
///
/// A request's own part is one append under a short lock; one thread commits what is queued in groups.
package final class SQLiteAuditLog: AuditLog {
    package let durability: AuditDurability
    private let queue: AuditQueue
    private let sums: RefusalSums
    private let patience: Duration
    private let metrics: SQLiteMetrics

    init(configuration: SQLiteConfiguration, queue: AuditQueue, sums: RefusalSums, metrics: SQLiteMetrics) {
        self.durability = configuration.auditDurability
        self.patience = configuration.auditPatience
        self.queue = queue
        self.sums = sums
        self.metrics = metrics
    }

    /// The places of the queue that are taken: reserved, queued, or being committed.
    package var queued: Int { self.queue.count }

    package func reserve() -> Bool {
        self.queue.reserve()
    }

    package func reserveWaiting() async -> Bool {
        await self.queue.reserveWaiting(patience: self.patience)
    }

    package func record(_ record: consuming AuditRecord) {
        if !self.queue.append(record) { self.metrics.recordsFailed.increment() }
    }

    package func sum(_ refusal: AuditRecord) {
        if !self.sums.add(refusal) { self.metrics.recordsFailed.increment() }
    }

    package func recordCommitted(_ record: AuditRecord) async -> Bool {
        await withCheckedContinuation { continuation in
            self.queue.append(record, resuming: continuation)
        }
    }

    package func record(_ record: AuditRecord, telling listener: CommitListener) -> CommitTicket? {
        self.queue.append(record, telling: listener)
    }

    package func commit() {
        self.queue.commit()
    }
}
