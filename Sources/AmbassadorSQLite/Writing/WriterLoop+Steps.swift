import AmbassadorCore
import DequeModule
import NIOCore

/// What the writing thread does between two batches.
extension WriterLoop {
    /// How long retention may take between two batches, but for its last step.
    private static let retentionSlice: TimeAmount = .milliseconds(2)

    /// Does one step of what is no part of a batch, between two of them.
    ///
    /// - Returns: whether there was any.
    @discardableResult func doSomethingElse() -> Bool {
        if self.parts.status.isStopping {
            // What is due is still due at the next start.
            self.retention.abandon()
            self.settlePrunings(nil)
        } else {
            self.beginRetentionIfDue()
        }
        if self.purge != nil {
            self.stepPurge()
        } else if let operation = self.operations.first, !operation.goesIntoBatch {
            self.operations.removeFirst()
            self.begin(operation)
        } else if self.retention.isRunning {
            self.stepRetention()
        } else {
            return false
        }
        return true
    }

    func begin(_ operation: StoreQueue.Operation) {
        switch operation {
        case .remove(let selection, let continuation):
            self.purge = Purge(selection: selection, continuation: continuation)
        case .prune(let continuation):
            self.prunings.append(continuation)
            self.prunedBefore = self.parts.metrics.pruned
            self.retention.abandon()
            self.retention.begin()
        case .perform(let body, let continuation):
            do throws(SQLiteError) {
                try self.checkFiles()
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
            try self.checkFiles()
            var progress = purge.progress
            let mayHaveMore = try self.connection.transaction { () throws(SQLiteError) in
                try self.entries.purge(purge.selection, &progress)
            }
            self.entries.committed()
            self.succeeded()
            if mayHaveMore {
                self.checkpointer.afterCommit(on: self.connection)
            } else {
                self.checkpointer.afterPurge(on: self.connection)
            }
            purge.progress = progress
            self.purge = mayHaveMore ? purge : nil
            if !mayHaveMore { purge.continuation.resume(returning: progress.removal) }
        } catch {
            self.entries.rolledBack()
            self.purge = nil
            purge.continuation.resume(returning: nil)
            self.failed(error)
        }
    }

    /// Begins a round of retention when its time has come, however busy the thread is.
    ///
    /// - Returns: whether it has.
    @discardableResult func beginRetentionIfDue() -> Bool {
        let now = NIODeadline.now()
        guard now >= self.retentionDue else { return false }
        self.retentionDue = now + TimeAmount(self.parts.configuration.retentionInterval)
        self.retention.begin()
        return true
    }

    private func settlePrunings(_ count: Int?) {
        for pruning in self.prunings { pruning.resume(returning: count) }
        self.prunings = []
    }

    private func stepRetention() {
        let end = NIODeadline.now() + Self.retentionSlice
        do throws(SQLiteError) {
            try self.checkFiles()
            repeat {
                try self.retention.step(at: self.parts.clockWatch.believedTime())
                self.checkpointer.afterCommit(on: self.connection)
            } while self.retention.isRunning && .now() < end
            if !self.retention.isRunning { self.settlePrunings(self.parts.metrics.pruned - self.prunedBefore) }
        } catch {
            self.retention.abandon()
            self.settlePrunings(nil)
            self.failed(error)
        }
    }
}
