import AmbassadorCore
import DequeModule
import Logging
import NIOCore

/// What the writing thread does while the file cannot be written.
extension WriterLoop {
    /// How often the files are looked for, which takes three system calls.
    private static let filesInterval: TimeAmount = .seconds(1)

    /// Looks for the files once a second, and each time while something is wrong.
    func checkFiles() throws(SQLiteError) {
        let now = NIODeadline.now()
        guard self.failure != nil || now >= self.filesDue else { return }
        try self.parts.files.check()
        self.filesDue = now + Self.filesInterval
    }

    /// Looks for the files while there is nothing to write, and catches up with what a reader has prevented.
    func lookForFiles() {
        do throws(SQLiteError) {
            try self.checkFiles()
            self.checkpointer.catchUp(on: self.connection)
        } catch {
            self.failed(error)
        }
    }

    /// Finds out whether writing works again while there is nothing to write.
    func probe() {
        do throws(SQLiteError) {
            try self.checkFiles()
            try self.connection.execute("INSERT OR REPLACE INTO counters VALUES ('probe', 1 + random() % 1000)")
            self.succeeded()
        } catch {
            self.failed(error)
        }
    }

    func succeeded() {
        guard self.failure != nil else { return }
        self.failure = nil
        self.parts.status.areFilesLost = false
        self.parts.status.isWritable = true
        self.parts.logger.notice("the store can be written again")
    }

    /// Waits a little; what has not been written is kept, and the queue behind it fills up and holds the requests back.
    func failed(_ error: SQLiteError) {
        self.gapReason = "\(error)"
        let areFilesLost = if case .filesLost = error { true } else { false }
        if self.failure == nil || (areFilesLost && !self.parts.status.areFilesLost) {
            self.parts.status.areFilesLost = areFilesLost
            self.parts.status.isWritable = false
            self.parts.auditQueue.refuseWaiters()
            self.parts.logger.log(
                level: areFilesLost ? .critical : .error,
                "the store cannot be written",
                metadata: ["error": "\(error)"]
            )
        }
        var failure = self.failure ?? Failure()
        if self.parts.status.isStopping {
            let deadline = failure.stopDeadline ?? .now() + TimeAmount(self.parts.configuration.stopPatience)
            failure.stopDeadline = deadline
            if .now() >= deadline { self.giveUp(error) }
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
            case .prune(let continuation): continuation.resume(returning: nil)
            case .perform: self.begin(operation)
            }
        }
        self.parts.storeQueue.settle(dropped)
        self.parts.metrics.writeErrors.increment(by: dropped.count)
    }

    /// Drops what could not be written until the end of the stop's patience; loudly.
    private func giveUp(_ error: SQLiteError) {
        self.parts.auditQueue.takeGap(&self.gap)
        var lost = self.summed.requests + self.gap.count
        self.summed = []
        self.gap = AuditGap()
        repeat {
            lost += self.records.count
            self.parts.auditQueue.release(self.records.count)
            self.records.removeAll()
        } while self.records.take(from: self.parts.auditQueue, limit: Self.batchRecords) > 0
        self.batchStart = nil
        guard lost > 0 else { return }
        self.parts.logger.critical(
            "audit records are lost: they could not be written before the stop",
            metadata: ["count": "\(lost)", "error": "\(error)"]
        )
        self.parts.metrics.recordsFailed.increment(by: lost)
        self.parts.status.noteUnwritten(lost)
    }

    /// Tells those who wait for a commit that failed: they are refused, or answered without a record.
    func tellOfFailure(_ committing: [AuditQueue.Committing]) {
        switch self.parts.configuration.auditWhenFull {
        case .refuse:
            self.parts.metrics.recordsFailed.increment(by: committing.count)
            committing.tell(isCommitted: false)
        case .serve:
            self.parts.metrics.recordsLeft.increment(by: committing.count)
            self.parts.auditQueue.leave(committing)
            committing.tell(isCommitted: true)
        }
    }

    /// The gap is on disk.
    func settleGap() {
        guard self.gap.count > 0 else { return }
        self.parts.logger.error(
            "requests were answered that are not in the audit log; the table audit_gaps says when",
            metadata: [
                "count": "\(self.gap.count)", "since": "\(self.gap.since.iso8601)",
                "until": "\(self.gap.until.iso8601)", "reason": "\(self.gapReason)",
            ]
        )
        self.gap = AuditGap()
        self.gapReason = Self.overload
    }
}
