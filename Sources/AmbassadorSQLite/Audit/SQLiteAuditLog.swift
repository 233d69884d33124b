package import AmbassadorCore
import Logging
import NIOCore

/// The audit log in the SQLite file.
///
/// A request's own part is one append under a short lock; one thread commits what is queued in groups.
package final class SQLiteAuditLog: AuditLog {
    package let durability: AuditDurability
    private let queue: AuditQueue
    private let sums: RefusalSums
    private let patience: Duration
    private let status: WriterStatus
    private let metrics: SQLiteMetrics
    private let logger: Logger
    private let refused = RepeatedComplaint()
    private let left = RepeatedComplaint()

    init(_ parts: WriterLoop.Parts) {
        self.durability = parts.configuration.auditDurability
        self.patience = parts.configuration.auditPatience
        self.queue = parts.auditQueue
        self.sums = parts.sums
        self.status = parts.status
        self.metrics = parts.metrics
        self.logger = parts.logger
    }

    /// The places of the queue that are taken: reserved, queued, or being committed.
    package var queued: Int { self.queue.count }

    /// Whether there is no room for further records.
    package var isFull: Bool { self.queue.isFull }

    package func reserve() -> Bool {
        self.queue.reserve()
    }

    package func reserveWaiting() async -> Bool {
        // To wait is worth while as long as places come free.
        if self.status.isWritable, await self.queue.reserveWaiting(patience: self.patience) { return true }
        if let count = self.refused.note(at: .now()) {
            self.logger.error(
                "requests are refused, since the audit log cannot take their records (audit.when_full)",
                metadata: ["count": "\(count)", "store.writable": "\(self.status.isWritable)"]
            )
        }
        return false
    }

    package func record(_ record: consuming AuditRecord) {
        switch self.queue.append(record) {
        case .queued: return
        case .left: self.leftOut()
        case .closed: self.lost()
        }
    }

    private func leftOut() {
        self.metrics.recordsLeft.increment()
        guard let count = self.left.note(at: .now()) else { return }
        self.logger.error(
            "requests are answered that the audit log has no room for (audit.when_full)",
            metadata: ["count": "\(count)", "store.writable": "\(self.status.isWritable)"]
        )
    }

    private func lost() {
        self.metrics.recordsFailed.increment()
        self.status.noteLate()
    }

    package func sum(_ refusal: AuditRecord) {
        if !self.sums.add(refusal) { self.lost() }
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
