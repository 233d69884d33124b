import AmbassadorCore
import DequeModule
import Logging
import NIOCore

/// All that the writing thread does: it alone writes and checkpoints, through one connection.
///
/// SQLite before 3.51.3 can damage a file when two connections write and checkpoint together (the WAL-reset bug).
final class WriterLoop {
    /// Records that one transaction takes, and a chunk of the queue more at most, so that nobody waits long for the commit.
    static let batchRecords = 8_192
    private static let batchEntries = 256
    /// How long the writer sleeps between two pieces of a transaction while records keep coming.
    ///
    /// Where one core runs an event loop and the writer, a piece is how long the loop stands still: what comes within a millisecond is
    /// written in a fourth of one, and who has slept is let in at once.
    private static let pause: TimeAmount = .milliseconds(1)
    private static let gatheringMax: TimeAmount = .milliseconds(2)
    /// The most records of a piece: half a millisecond.
    private static let pieceRecords = 16 * RecordInsertion.rows
    private static let batchEntryBytes = 8 << 20

    struct Parts {
        let configuration: SQLiteConfiguration
        let auditQueue: AuditQueue
        let sums: RefusalSums
        let storeQueue: StoreQueue
        let signal: WriterSignal
        let status: WriterStatus
        let metrics: SQLiteMetrics
        let clocks: Clocks
        let clockWatch: ClockWatch
        let logger: Logger
        let files: StoreFiles
        let onCommitted: (@Sendable ([AuditRecord]) -> Void)?
    }

    /// Why records are left out while writing works.
    static let overload = "records came faster than they could be written"

    struct Purge {
        let selection: PurgeSelection
        let continuation: CheckedContinuation<Removal?, Never>
        var progress = EntryTable.PurgeProgress()
    }

    struct Failure {
        var pause: TimeAmount = .milliseconds(50)
        var stopDeadline: NIODeadline?
    }

    let parts: Parts
    let connection: Connection
    let audit: AuditTable
    let entries: EntryTable
    let retention: Retention
    var checkpointer: Checkpointer
    var records = RecordBatch()
    // Taken as the records are, and written with them.
    var summed: [AuditRecord] = []
    // What could not be recorded, until that is written.
    var gap = AuditGap()
    var gapReason = WriterLoop.overload
    private var recordsTaken = 0
    // What the last commit took, and how many of those whom it answered or who came during it may be waited for.
    private var commitTime: TimeAmount = .zero
    private var committingExpected = 0
    private var committing: [AuditQueue.Committing] = []
    var operations: Deque<StoreQueue.Operation> = []
    var purge: Purge?
    // Who wait for the round of retention that is under way, and what was pruned before it.
    var prunings: [CheckedContinuation<Int?, Never>] = []
    var prunedBefore = 0
    var failure: Failure?
    // When the first can have come of what is not committed; `nil` where nothing has.
    var batchStart: NIODeadline?
    // When the queues were looked at last, or were waited for: what is found in them has come since.
    private var lastLook: NIODeadline
    var retentionDue: NIODeadline
    // When the files are looked for next.
    var filesDue: NIODeadline

    init(_ connection: Connection, _ parts: Parts, node: String) throws(SQLiteError) {
        self.parts = parts
        self.connection = connection
        self.audit = try AuditTable(
            connection,
            node: node,
            bodies: parts.configuration.auditBodies,
            recordsMax: parts.configuration.auditRecordsMax
        )
        self.entries = try EntryTable(connection)
        self.retention = Retention(
            connection,
            configuration: parts.configuration,
            metrics: parts.metrics,
            entries: self.entries,
            audit: self.audit
        )
        self.checkpointer = Checkpointer(logger: parts.logger)
        self.retentionDue = NIODeadline.now()
        self.filesDue = NIODeadline.now()
        self.lastLook = NIODeadline.now()
    }

    /// Writes until it is told to stop and all queues are empty.
    func run() {
        while true {
            self.take()
            if self.isBatchDue {
                self.gather()
                self.writeBatch()
                self.doSomethingElse()
            } else if self.records.unwritten >= RecordInsertion.rows {
                self.writePiece()
                self.rest()
            } else if self.hasBatch {
                self.rest()
            } else if !self.doSomethingElse() {
                if self.parts.status.isStopping {
                    if self.finish() { return }
                } else {
                    self.rest()
                }
            }
        }
    }

    /// Waits a little for those who were answered after the last commit and ask again at once.
    ///
    /// Where a commit takes longer than to answer all and hear from them again, half of them would else come just too late for each,
    /// and everybody would wait for two.
    private func gather() {
        guard !self.committing.isEmpty, self.failure == nil else { return }
        let deadline = NIODeadline.now() + min(.nanoseconds(self.commitTime.nanoseconds / 2), Self.gatheringMax)
        while self.committing.count < self.committingExpected, !self.parts.status.isStopping {
            let left = deadline - .now()
            guard left > .zero else { return }
            let (queue, status) = (self.parts.auditQueue, self.parts.status)
            self.parts.signal.collect(atMost: left) { queue.hasCommitting || status.isStopping }
            queue.take(&self.committing)
        }
    }

    private var hasBatch: Bool {
        if self.records.count > 0 || !self.committing.isEmpty || !self.summed.isEmpty { return true }
        if self.gap.count > 0, self.failure == nil { return true }
        return self.purge == nil && self.operations.first?.goesIntoBatch == true
    }

    /// Whether what there is is to be committed now: its time has come, or somebody waits for it.
    private var isBatchDue: Bool {
        guard self.hasBatch else { return false }
        if !self.committing.isEmpty || self.purge != nil || self.parts.status.isStopping || self.failure != nil {
            return true
        }
        if self.records.count >= Self.batchRecords || self.operations.count >= Self.batchEntries { return true }
        if self.operations.first?.goesIntoBatch == false || self.operations.last?.goesIntoBatch == false { return true }
        return NIODeadline.now() >= self.batchEnd
    }

    private var batchEnd: NIODeadline {
        (self.batchStart ?? .now()) + TimeAmount(self.parts.configuration.commitInterval)
    }

    private func take() {
        let now = NIODeadline.now()
        // Operations first: what was recorded before one of them is then taken with it.
        self.parts.storeQueue.take(&self.operations)
        self.parts.auditQueue.take(&self.committing)
        // What could not be written is summed on where it is.
        if self.summed.isEmpty { self.summed = self.parts.sums.take(inHurry: self.parts.status.isStopping) }
        if self.failure == nil { self.parts.auditQueue.takeGap(&self.gap) }
        self.recordsTaken = self.records.take(from: self.parts.auditQueue, limit: Self.batchRecords)
        if self.batchStart == nil, self.hasBatch { self.batchStart = self.lastLook }
        self.lastLook = now
    }

    /// Sleeps until there is something to do, or until there is more of it.
    private func rest() {
        if let failure = self.failure {
            self.parts.signal.pause(for: failure.pause)
            if !self.hasBatch { self.probe() }
            return
        }
        let queues = (self.parts.auditQueue, self.parts.storeQueue)
        let status = self.parts.status
        if self.hasBatch {
            let rest = self.batchEnd - .now()
            let isBusy = self.recordsTaken >= RecordInsertion.rows
            self.parts.signal.collect(atMost: isBusy ? min(rest, Self.pause) : rest) {
                queues.0.isUrgent || queues.1.isUrgent || status.isStopping
            }
            return
        }
        guard !self.beginRetentionIfDue() else { return }
        guard .now() < self.filesDue else { return self.lookForFiles() }
        let sums = self.parts.sums
        let due = sums.due
        let end = min(self.retentionDue, self.filesDue, due ?? .distantFuture)
        self.parts.signal.sleep(atMost: end - .now()) {
            !queues.0.isEmpty || !queues.1.isEmpty || status.isStopping || (due == nil && sums.due != nil)
        }
        self.lastLook = .now()
    }

    /// Writes some of the records that wait into the open transaction, in whole statements.
    private func writePiece() {
        do throws(SQLiteError) {
            try self.open()
            let count = min(Self.pieceRecords, self.records.unwritten)
            try self.insert(count - count % RecordInsertion.rows)
        } catch {
            self.rollBack()
            self.failed(error)
        }
    }

    private func open() throws(SQLiteError) {
        try self.checkFiles()
        if !self.connection.isInTransaction { try self.connection.begin() }
    }

    private func insert(_ count: Int) throws(SQLiteError) {
        let day = self.day
        self.audit.expect(count)
        try self.records.write(count) { record throws(SQLiteError) in try self.audit.insert(record, day: day) }
    }

    private var day: Int64 { self.parts.clocks.wall().milliseconds / 86_400_000 }

    /// Writes the rest of what there is, and commits all of it.
    private func writeBatch() {
        let began = NIODeadline.now()
        let committing = self.committing
        self.committing = []
        let (changes, inserted) = self.takeChanges()
        let removed: Int
        do throws(SQLiteError) {
            try self.write(committing, changes)
            try self.audit.noteTextBytes()
            removed = try self.retention.keepUp(
                with: self.records.count + committing.count + self.summed.count,
                at: self.parts.clockWatch.believedTime()
            )
            let beforeCommit = NIODeadline.now()
            try self.connection.commit()
            self.commitTime = .now() - beforeCommit
        } catch {
            self.rollBack()
            self.parts.storeQueue.settle(inserted)
            self.parts.metrics.writeErrors.increment(by: inserted.count)
            self.parts.auditQueue.release(committing.count)
            // Whoever is told that it failed finds the store unready.
            self.parts.status.isWritable = false
            self.tellOfFailure(committing)
            self.failed(error)
            return
        }
        self.audit.committed()
        self.entries.committed()
        self.parts.metrics.recordsPruned.increment(by: removed)
        self.succeeded()
        self.settle(committing, inserted, began)
        self.parts.auditQueue.take(&self.committing)
        self.committingExpected = committing.count + self.committing.count
        self.batchStart = nil
        self.checkpointer.afterCommit(on: self.connection)
        if self.entries.byteCount > self.parts.configuration.storeBytesMax
            || self.audit.counts.textBytes > self.parts.configuration.auditTextBytesMax
        {
            self.retention.begin()
        }
    }

    private func write(
        _ committing: [AuditQueue.Committing],
        _ changes: [StoreQueue.Operation]
    ) throws(SQLiteError) {
        try self.open()
        while self.records.unwritten > 0 {
            try self.insert(min(Self.pieceRecords, self.records.unwritten))
            if self.records.unwritten > 0 { DedicatedThread.yield() }
        }
        let day = self.day
        self.audit.expect(committing.count + self.summed.count)
        for item in committing { try self.audit.insert(item.record, day: day) }
        for record in self.summed { try self.audit.insert(record, day: day) }
        if self.gap.count > 0 { try self.gap.write(reason: self.gapReason, on: self.connection) }
        for change in changes {
            switch change {
            case .insert(let entry, let expiresAt):
                try self.entries.insert(entry, expiresAt: expiresAt, at: self.parts.clocks.wall())
            case .discard(let key, let checksum): try self.entries.discard(key: key, checksum: checksum)
            case .remove, .prune, .perform: preconditionFailure("a batch holds insertions and single removals only")
            }
        }
    }

    /// Undoes what the open transaction did; its records are written by the next one.
    private func rollBack() {
        self.connection.rollBack()
        self.records.rolledBack()
        self.audit.rolledBack()
        self.entries.rolledBack()
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
            case .remove, .prune, .perform, nil: return (changes, inserted)
            }
            changes.append(self.operations.removeFirst())
        }
        return (changes, inserted)
    }

    /// Tells everybody that the transaction is on disk.
    private func settle(_ committing: [AuditQueue.Committing], _ inserted: [CacheEntry], _ began: NIODeadline) {
        let metrics = self.parts.metrics
        let count = self.records.count + committing.count
        metrics.commitDuration.record(microseconds: (NIODeadline.now() - began).nanoseconds / 1000)
        metrics.recordsCommitted.increment(by: count + self.summed.requests)
        metrics.writes.increment(by: inserted.count)
        // Places first, so that one who was told finds them free.
        self.parts.auditQueue.release(count)
        committing.tell(isCommitted: true)
        self.parts.storeQueue.settle(inserted)
        if let onCommitted = self.parts.onCommitted {
            if !committing.isEmpty { onCommitted(committing.map(\.record)) }
            self.records.forEachChunk(onCommitted)
            if !self.summed.isEmpty { onCommitted(self.summed) }
        }
        self.records.removeAll()
        self.summed = []
        self.settleGap()
    }

    /// - Returns: `false` where something was queued in the meantime.
    private func finish() -> Bool {
        guard self.parts.auditQueue.closeIfEmpty(), self.parts.storeQueue.closeIfEmpty(),
            self.parts.sums.closeIfEmpty()
        else { return false }
        self.checkpointer.atEnd(on: self.connection)
        return true
    }
}

extension WriterLoop.Parts {
    /// Makes the queues of a file, and what those who fill them and the writing thread tell each other by.
    init(
        _ configuration: SQLiteConfiguration,
        metrics registry: MetricRegistry,
        clocks: Clocks,
        clockWatch: ClockWatch,
        logger: Logger,
        files: StoreFiles,
        onCommitted: (@Sendable ([AuditRecord]) -> Void)?
    ) {
        let signal = WriterSignal()
        self.init(
            configuration: configuration,
            auditQueue: AuditQueue(
                capacity: configuration.auditQueueCapacity,
                whenFull: configuration.auditWhenFull,
                signal: signal
            ),
            sums: RefusalSums(signal: signal),
            storeQueue: StoreQueue(bytesMax: configuration.storePendingBytesMax, signal: signal),
            signal: signal,
            status: WriterStatus(),
            metrics: SQLiteMetrics(registry),
            clocks: clocks,
            clockWatch: clockWatch,
            logger: logger,
            files: files,
            onCommitted: onCommitted
        )
    }
}

extension [AuditRecord] {
    /// How many requests they stand for.
    var requests: Int { self.reduce(0) { $0 + ($1.count ?? 1) } }
}
