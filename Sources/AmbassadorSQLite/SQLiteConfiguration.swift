package import AmbassadorCore

/// The settings of the store and the audit log.
package struct SQLiteConfiguration: Sendable {
    /// The SQLite file.
    ///
    /// Made where there is none, readable by its owner alone; its folder must exist.
    package var path: String
    package var auditDurability: AuditDurability = .batched
    package var auditBodies: AuditBodies = .input
    /// Records that may wait for their commit, reserved places included; at least 1.
    package var auditQueueCapacity: Int = 65_536
    /// What becomes of requests while the queue is full.
    package var auditWhenFull: WhenFull = .refuse
    /// How long a request waits for a place in a full queue before it is refused, as long as records are being written.
    package var auditPatience: Duration = .seconds(1)
    /// How long records are kept.
    package var auditRetention: Duration = .seconds(90 * 86_400)
    /// How long the texts of records are kept, to whole days; `nil` means as long as the records.
    package var auditBodiesRetention: Duration?
    /// How many bytes the texts of records may take; what is over goes, the oldest first, and its records stay.
    package var auditTextBytesMax: Int = 1 << 30
    /// How many records are kept; `nil` means any number.
    package var auditRecordsMax: Int?
    /// How many sums of refused requests are kept whose callers were not identified; they never take the place of other records.
    package var auditRefusalsMax: Int = 100_000
    /// How many bytes of the file stored answers may take.
    package var storeBytesMax: Int = 1 << 30
    /// How many bytes of answers may wait to be written; what comes on top is not stored.
    package var storePendingBytesMax: Int = 64 << 20
    /// Look-ups that go to the readers at once; what comes on top waits for its turn.
    package var storeReadsMax: Int = 256
    /// Threads that look answers up.
    package var storeReaders: Int = 2
    /// The name of this machine in audit records; `nil` means its host name.
    package var nodeName: String?
    /// The longest that a record or an answer waits before its transaction begins.
    ///
    /// 20 ms leaves 30 for the commit itself, so that `batched` keeps its promise of 50 ms.
    package var commitInterval: Duration = .milliseconds(20)
    /// How often retention is looked after.
    package var retentionInterval: Duration = .seconds(10)
    /// How long a write waits for a lock that another process holds; nobody should.
    package var busyTimeout: Duration = .milliseconds(250)
    /// How long a stop goes on trying to write what is queued while writing fails.
    package var stopPatience: Duration = .seconds(5)

    /// Takes the defaults for all but the file.
    package init(path: String) {
        self.path = path
    }
}
