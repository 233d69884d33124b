/// An answer that may leave once its record is on disk (`strict`).
///
/// It is recorded exactly once, by ``record(telling:)`` or by ``awaited``, even where its caller has left.
package final class HeldAnswer: Sendable {
    private let audit: any AuditLog
    private let record: AuditRecord
    private let conclude: @Sendable (AuditRecord, Bool) -> Response

    /// - Parameters:
    ///   - record: for which a place is reserved in `audit`.
    ///   - audit: where it goes.
    ///   - conclude: makes the response once it is known whether the record is on disk; called once.
    package init(
        recording record: AuditRecord,
        in audit: any AuditLog,
        conclude: @escaping @Sendable (_ record: AuditRecord, _ isRecorded: Bool) -> Response
    ) {
        self.audit = audit
        self.record = record
        self.conclude = conclude
    }

    /// Hands the record over; for event loops.
    ///
    /// - Returns: what `listener` will be told of; `nil` where the record cannot be written any more.
    package func record(telling listener: CommitListener) -> CommitTicket? {
        self.audit.record(self.record, telling: listener)
    }

    /// Has what was handed over until now committed.
    package func commit() {
        self.audit.commit()
    }

    /// The response, in as far as the record is on disk; a refusal else.
    package func response(isRecorded: Bool) -> Response {
        self.conclude(self.record, isRecorded)
    }

    /// The response, once the record was handed over and settled; for tasks.
    var awaited: Response {
        get async { self.response(isRecorded: await self.audit.recordCommitted(self.record)) }
    }
}
