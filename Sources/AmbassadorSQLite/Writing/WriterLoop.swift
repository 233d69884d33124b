import AmbassadorCore
import DequeModule
import Logging
import NIOCore

/// All that the writing thread does: it alone writes and checkpoints, through one connection.
///
/// SQLite before 3.51.3 can damage a file when two connections write and checkpoint together (the WAL-reset bug).
final class WriterLoop {
    /// Records that one transaction takes at most, so that nobody waits long for the commit.
    static let batchRecords = 8_192
    private static let batchEntries = 256
    /// In so many pieces a transaction writes its records, and lets others have the core in between.
    ///
    /// Where one core runs an event loop and the writer, a piece is how long the loop stands still, under 1 ms, and each pause may be
    /// one of the scheduler's slices, some 3 ms: more pieces would not leave a transaction enough time to keep the promise of 50 ms.
    private static let piecesMax = 4
    private static let pieceRecordsMin = 128
    private static let batchEntryBytes = 8 << 20

    struct Parts {
        let configuration: SQLiteConfiguration
        let auditQueue: AuditQueue
        let storeQueue: StoreQueue
        let signal: WriterSignal
        let status: WriterStatus
        let metrics: SQLiteMetrics
        let clocks: Clocks
        let logger: Logger
        let onCommitted: (@Sendable ([AuditRecord]) -> Void)?
    }

    private struct Purge {
        let selection: PurgeSelection
        let continuation: CheckedContinuation<Int?, Never>
        var progress = EntryTable.PurgeProgress()
    }

    private struct Failure {
        var pause: TimeAmount = .milliseconds(50)
        var stopDeadline: NIODeadline?
    }

    private let parts: Parts
    private let connection: Connection
    private let audit: AuditTable
    private let entries: EntryTable
    private let retention: Retention
    private var checkpointer: Checkpointer
    // Taken from the queue and not yet committed, from `recordsWritten` on.
    private var records: [AuditRecord] = []
    private var recordsWritten = 0
    private var committing: [AuditQueue.Committing] = []
    private var operations: Deque<StoreQueue.Operation> = []
    private var purge: Purge?
    private var failure: Failure?
    private var batchStart: NIODeadline
    private var retentionDue: NIODeadline

    init(_ connection: Connection, _ parts: Parts, node: String) throws(SQLiteError) {
        self.parts = parts
        self.connection = connection
        self.audit = try AuditTable(connection, node: node, bodies: parts.configuration.auditBodies)
        self.entries = try EntryTable(connection)
        self.retention = Retention(
            connection,
            configuration: parts.configuration,
            metrics: parts.metrics,
            entries: self.entries,
            audit: self.audit
        )
        self.checkpointer = Checkpointer(logger: parts.logger)
        self.records.reserveCapacity(1024)
        self.batchStart = .uptimeNanoseconds(0)
        self.retentionDue = NIODeadline.now()
    }

    /// Writes until it is told to stop and all queues are empty.
    func run() {
        while true {
            self.take()
            if self.hasBatch {
                self.writeBatch()
            } else if self.purge != nil {
                self.stepPurge()
            } else if let operation = self.operations.popFirst() {
                self.begin(operation)
            } else if self.retention.isRunning {
                self.stepRetention()
            } else if self.parts.status.isStopping {
                if self.finish() { return }
            } else {
                self.rest()
            }
        }
    }

    private var hasBatch: Bool {
        if self.recordsWritten < self.records.count || !self.committing.isEmpty { return true }
        guard self.purge == nil else { return false }
        return switch self.operations.first {
        case .insert, .discard: true
        case .remove, .perform, nil: false
        }
    }

    private func take() {
        self.parts.auditQueue.take(&self.committing)
        if self.recordsWritten == self.records.count {
            self.records.removeAll(keepingCapacity: self.records.capacity <= 2 * Self.batchRecords)
            self.recordsWritten = 0
            self.parts.auditQueue.take(&self.records)
        }
        self.parts.storeQueue.take(&self.operations)
    }

    /// Sleeps until there is something to do, and then until the batch is due.
    private func rest() {
        let now = NIODeadline.now()
        if let failure = self.failure {
            self.parts.signal.pause(for: failure.pause)
            self.probe()
            return
        }
        guard now < self.retentionDue else {
            self.retentionDue = now + TimeAmount(self.parts.configuration.retentionInterval)
            self.retention.begin()
            return
        }
        let queues = (self.parts.auditQueue, self.parts.storeQueue)
        let status = self.parts.status
        self.parts.signal.sleep(atMost: self.retentionDue - now) {
            !queues.0.isEmpty || !queues.1.isEmpty || status.isStopping
        }
        let due = self.batchStart + TimeAmount(self.parts.configuration.commitInterval)
        self.parts.signal.collect(atMost: due - NIODeadline.now()) {
            queues.0.isUrgent || queues.1.isUrgent || status.isStopping
        }
    }

    private func writeBatch() {
        let end = min(self.records.count, self.recordsWritten + Self.batchRecords)
        let chunk = self.recordsWritten..<end
        let committing = self.committing
        self.committing = []
        let (changes, inserted) = self.takeChanges()
        self.batchStart = NIODeadline.now()
        do throws(SQLiteError) {
            try self.write(chunk, committing, changes)
        } catch {
            self.audit.rolledBack()
            self.entries.rolledBack()
            self.parts.storeQueue.settle(inserted)
            self.parts.metrics.writeErrors.increment(by: inserted.count)
            self.parts.metrics.recordsFailed.increment(by: committing.count)
            self.parts.auditQueue.release(committing.count)
            // Whoever is told that it failed finds the store unready.
            self.parts.status.isWritable = false
            committing.tell(isCommitted: false)
            self.failed(error)
            return
        }
        self.audit.committed()
        self.entries.committed()
        self.recordsWritten = end
        self.succeeded()
        self.settle(chunk, committing, inserted)
        self.checkpointer.afterCommit(on: self.connection)
        if self.entries.byteCount > self.parts.configuration.storeBytesMax { self.retention.begin() }
    }

    private func write(
        _ chunk: Range<Int>,
        _ committing: [AuditQueue.Committing],
        _ changes: [StoreQueue.Operation]
    ) throws(SQLiteError) {
        let day = self.parts.clocks.wall().milliseconds / 86_400_000
        try self.connection.transaction { () throws(SQLiteError) in
            self.audit.expect(committing.count + chunk.count)
            for item in committing { try self.audit.insert(item.record, day: day) }
            let piece = max(Self.pieceRecordsMin, chunk.count / Self.piecesMax)
            // Borrowed where they lie: a copy would retain every reference in a record and release it again.
            try self.records.withUnsafeBufferPointer { records throws(SQLiteError) in
                for index in chunk {
                    if index % piece == piece - 1 { DedicatedThread.yield() }
                    try self.audit.insert(records[index], day: day)
                }
            }
            for change in changes {
                switch change {
                case .insert(let entry, let expiresAt): try self.entries.insert(entry, expiresAt: expiresAt)
                case .discard(let key, let checksum): try self.entries.discard(key: key, checksum: checksum)
                case .remove, .perform: preconditionFailure("a batch holds insertions and single removals only")
                }
            }
        }
    }

    /// The changes to the store that go into the next transaction.
    private func takeChanges() -> ([StoreQueue.Operation], [CacheEntry]) {
        var changes: [StoreQueue.Operation] = []
        var inserted: [CacheEntry] = []
        var bytes = 0
        while self.purge == nil, changes.count < Self.batchEntries, bytes < Self.batchEntryBytes {
            switch self.operations.first {
            case .insert(let entry, _):
                inserted.append(entry)
                bytes += entry.byteCount
            case .discard: break
            case .remove, .perform, nil: return (changes, inserted)
            }
            changes.append(self.operations.removeFirst())
        }
        return (changes, inserted)
    }

    /// Tells everybody that the transaction is on disk.
    private func settle(_ chunk: Range<Int>, _ committing: [AuditQueue.Committing], _ inserted: [CacheEntry]) {
        let metrics = self.parts.metrics
        let count = chunk.count + committing.count
        metrics.commitDuration.record(microseconds: (NIODeadline.now() - self.batchStart).nanoseconds / 1000)
        metrics.recordsCommitted.increment(by: count)
        metrics.writes.increment(by: inserted.count)
        // Places first, so that one who was told finds them free.
        self.parts.auditQueue.release(count)
        committing.tell(isCommitted: true)
        self.parts.storeQueue.settle(inserted)
        if let onCommitted = self.parts.onCommitted, count > 0 {
            onCommitted(committing.map(\.record) + self.records[chunk])
        }
    }

    private func begin(_ operation: StoreQueue.Operation) {
        switch operation {
        case .remove(let selection, let continuation):
            self.purge = Purge(selection: selection, continuation: continuation)
        case .perform(let body, let continuation):
            do throws(SQLiteError) {
                try body(self.connection)
                continuation.resume(returning: .success(()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        case .insert, .discard:
            preconditionFailure("insertions and single removals go into a batch")
        }
    }

    private func stepPurge() {
        guard var purge = self.purge else { return }
        do throws(SQLiteError) {
            var progress = purge.progress
            let mayHaveMore = try self.connection.transaction { () throws(SQLiteError) in
                try self.entries.purge(purge.selection, &progress)
            }
            self.entries.committed()
            self.succeeded()
            self.checkpointer.afterCommit(on: self.connection)
            purge.progress = progress
            self.purge = mayHaveMore ? purge : nil
            if !mayHaveMore { purge.continuation.resume(returning: progress.removed) }
        } catch {
            self.entries.rolledBack()
            self.purge = nil
            purge.continuation.resume(returning: nil)
            self.failed(error)
        }
    }

    private func stepRetention() {
        do throws(SQLiteError) {
            try self.retention.step(at: self.parts.clocks.wall())
            self.checkpointer.afterCommit(on: self.connection)
        } catch {
            self.retention.abandon()
            self.failed(error)
        }
    }

    /// Finds out whether writing works again while there is nothing to write.
    private func probe() {
        do throws(SQLiteError) {
            try self.connection.execute("INSERT OR REPLACE INTO counters VALUES ('probe', 1 + random() % 1000)")
            self.succeeded()
        } catch {
            self.failed(error)
        }
    }

    private func succeeded() {
        guard self.failure != nil else { return }
        self.failure = nil
        self.parts.status.isWritable = true
        self.parts.logger.notice("the store can be written again")
    }

    /// Waits a little; what has not been written is kept, and the queue behind it fills up and holds the requests back.
    private func failed(_ error: SQLiteError) {
        if self.failure == nil {
            self.parts.status.isWritable = false
            self.parts.logger.error("the store cannot be written", metadata: ["error": "\(error)"])
        }
        var failure = self.failure ?? Failure()
        if self.parts.status.isStopping {
            let deadline = failure.stopDeadline ?? .now() + TimeAmount(self.parts.configuration.stopPatience)
            failure.stopDeadline = deadline
            if .now() >= deadline { self.giveUp() }
        }
        self.failure = failure
        self.refuseOperations()
        self.parts.signal.pause(for: failure.pause)
        self.failure?.pause = min(failure.pause * 2, .seconds(1))
    }

    /// Gives up what is asked of the store while it cannot be written: a cache may forget, and a purge must not wait for a disk.
    private func refuseOperations() {
        self.parts.storeQueue.take(&self.operations)
        var dropped: [CacheEntry] = []
        while let operation = self.operations.popFirst() {
            switch operation {
            case .insert(let entry, _): dropped.append(entry)
            case .discard: break
            case .remove(_, let continuation): continuation.resume(returning: nil)
            case .perform: self.begin(operation)
            }
        }
        self.parts.storeQueue.settle(dropped)
        self.parts.metrics.writeErrors.increment(by: dropped.count)
    }

    /// Drops what could not be written until the end of the stop's patience; loudly.
    private func giveUp() {
        let lost = self.records.count - self.recordsWritten
        guard lost > 0 else { return }
        self.parts.logger.critical("audit records are lost: they could not be written", metadata: ["count": "\(lost)"])
        self.parts.metrics.recordsFailed.increment(by: lost)
        self.recordsWritten = self.records.count
        self.parts.auditQueue.release(lost)
    }

    /// - Returns: `false` where something was queued in the meantime.
    private func finish() -> Bool {
        guard self.parts.auditQueue.closeIfEmpty(), self.parts.storeQueue.closeIfEmpty() else { return false }
        self.checkpointer.atEnd(on: self.connection)
        return true
    }
}
