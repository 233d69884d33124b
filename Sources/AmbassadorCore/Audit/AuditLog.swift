/// Where every exchange is written.
package protocol AuditLog: Sendable {
    /// Whether an answer waits until its record is committed.
    var durability: AuditDurability { get }

    /// Takes a place in the bounded queue for the record of a request that is about to be served.
    ///
    /// Synchronous and short, so that it may be called on an event loop. Each reservation is followed by exactly one ``record(_:)``.
    ///
    /// - Returns: `false` while the queue is full.
    func reserve() -> Bool

    /// Waits for a place in the queue.
    ///
    /// - Returns: `false` where none came free within the queue's own patience, or none will, since nothing can be written: the
    ///   request is refused with 503.
    func reserveWaiting() async -> Bool

    /// Appends the record for which a place was reserved. Never fails, never suspends.
    func record(_ record: consuming AuditRecord)

    /// Counts a refused request whose caller was not identified. Never fails, never suspends, and takes no place.
    ///
    /// What strangers do must neither fill the queue nor push out what is known of others: of what comes from one address within
    /// about a second with one error a single record is kept, the first one with its ``AuditRecord/count``.
    func sum(_ refusal: AuditRecord)

    /// Appends the record for which a place was reserved and returns once it is on disk (`strict`).
    ///
    /// - Returns: `false` where it could not be written: the answer must not leave.
    func recordCommitted(_ record: AuditRecord) async -> Bool

    /// Appends the record for which a place was reserved, and tells `listener` once it is on disk or cannot be (`strict`).
    ///
    /// Synchronous and short, as ``reserve()``. It waits for ``commit()``, so that what a loop has to record goes together.
    ///
    /// - Returns: the record's ticket, greater than all before it; `nil` where the log is closed: nobody is told then.
    func record(_ record: AuditRecord, telling listener: CommitListener) -> CommitTicket?

    /// Begins to write what was appended with ``record(_:telling:)``, or does so once the commit under way is over.
    func commit()
}

/// The promise of the audit log.
package enum AuditDurability: String, Sendable, CaseIterable {
    /// The answer leaves after its record is committed with `synchronous=FULL`.
    case strict
    /// The record is committed within 50 ms.
    case batched
}
