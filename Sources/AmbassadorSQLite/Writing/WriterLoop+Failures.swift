import AmbassadorCore
import DequeModule
import Logging
import NIOCore

/// What the writing thread does while the file cannot be written.
extension WriterLoop {
    /// Finds out whether writing works again while there is nothing to write.
    func probe() {
        do throws(SQLiteError) {
            try self.connection.execute("INSERT OR REPLACE INTO counters VALUES ('probe', 1 + random() % 1000)")
            self.succeeded()
        } catch {
            self.failed(error)
        }
    }

    func succeeded() {
        guard self.failure != nil else { return }
        self.failure = nil
        self.parts.status.isWritable = true
        self.parts.logger.notice("the store can be written again")
    }

    /// Waits a little; what has not been written is kept, and the queue behind it fills up and holds the requests back.
    func failed(_ error: SQLiteError) {
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
        let places = self.records.count
        let lost = places + self.summed.requests
        guard lost > 0 else { return }
        self.parts.logger.critical("audit records are lost: they could not be written", metadata: ["count": "\(lost)"])
        self.parts.metrics.recordsFailed.increment(by: lost)
        self.records.removeAll()
        self.summed = []
        self.batchStart = nil
        self.parts.auditQueue.release(places)
    }
}
