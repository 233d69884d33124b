import AmbassadorCore
import DequeModule
import NIOCore

/// What the writing thread does between two batches.
extension WriterLoop {
    /// Does one step of what is no part of a batch, between two of them.
    ///
    /// - Returns: whether there was any.
    @discardableResult func doSomethingElse() -> Bool {
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
}
