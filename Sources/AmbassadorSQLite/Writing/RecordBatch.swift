import AmbassadorCore

/// The records that the writing thread has taken and not committed yet, and how far the open transaction has come with them.
///
/// They stay until the commit: after a rollback the next transaction writes all of them again.
struct RecordBatch {
    private var chunks: [[AuditRecord]] = []
    private var spares: [[AuditRecord]] = []
    /// All that are in it.
    private(set) var count = 0
    /// Those of them that the open transaction has.
    private(set) var written = 0
    // Where the first one stands that is not written.
    private var chunk = 0
    private var offset = 0

    var unwritten: Int { self.count - self.written }

    /// Takes what is queued, as long as it has fewer than `limit`.
    ///
    /// - Returns: how many came.
    mutating func take(from queue: AuditQueue, limit: Int) -> Int {
        guard self.count < limit else { return 0 }
        let taken = queue.take(&self.chunks, giving: &self.spares, limit: limit - self.count)
        self.count += taken
        return taken
    }

    /// Hands the next so many to the transaction.
    mutating func write(
        _ number: Int,
        _ insert: (borrowing AuditRecord) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        var left = number
        while left > 0, self.chunk < self.chunks.count {
            let end = min(self.chunks[self.chunk].count, self.offset + left)
            let range = self.offset..<end
            // Borrowed where they lie: a copy would retain every reference in a record and release it again.
            try self.chunks[self.chunk].withUnsafeBufferPointer { records throws(SQLiteError) in
                for index in range { try insert(records[index]) }
            }
            left -= range.count
            self.written += range.count
            self.offset = end
            if end == self.chunks[self.chunk].count {
                self.chunk += 1
                self.offset = 0
            }
        }
    }

    /// The transaction was rolled back: nothing is written.
    mutating func rolledBack() {
        self.written = 0
        self.chunk = 0
        self.offset = 0
    }

    /// Lets go of all of them.
    mutating func removeAll() {
        while var chunk = self.chunks.popLast() {
            chunk.removeAll(keepingCapacity: true)
            self.spares.append(chunk)
        }
        self.count = 0
        self.rolledBack()
    }

    /// Calls `body` with all of them, a part at a time.
    func forEachChunk(_ body: ([AuditRecord]) -> Void) {
        for chunk in self.chunks { body(chunk) }
    }
}
