package import AmbassadorCore
import Logging
import Synchronization

/// The stored answers in the SQLite file.
///
/// Look-ups go to a few readers of their own; what is written goes to the one writing thread and is found at once all the same.
package final class SQLiteResponseStore: ResponseCache {
    private let queue: StoreQueue
    private let readers: [StoreReader]
    private let readsMax: Int
    private let metrics: SQLiteMetrics
    private let logger: Logger
    private let next = Atomic<Int>(0)
    private let reading = Atomic<Int>(0)
    private let isFailing = Atomic<Bool>(false)

    init(
        configuration: SQLiteConfiguration,
        path: String,
        queue: StoreQueue,
        metrics: SQLiteMetrics,
        logger: Logger
    ) throws(SQLiteError) {
        self.queue = queue
        self.readsMax = configuration.storeReadsMax
        self.metrics = metrics
        self.logger = logger
        var readers: [StoreReader] = []
        for _ in 0..<max(1, configuration.storeReaders) { readers.append(try StoreReader(path: path)) }
        self.readers = readers
    }

    package func entry(for key: CacheKey) async -> CacheEntry? {
        if let pending = self.queue.pending(key) {
            self.metrics.readHits.increment()
            return pending
        }
        defer { self.reading.subtract(1, ordering: .relaxed) }
        guard self.reading.add(1, ordering: .relaxed).newValue <= self.readsMax else {
            self.metrics.readsRefused.increment()
            return nil
        }
        let turn = self.next.wrappingAdd(1, ordering: .relaxed).oldValue
        let reader = self.readers[Int(UInt(bitPattern: turn) % UInt(self.readers.count))]
        do throws(SQLiteError) {
            let reading = try await reader.row(for: key)
            self.isFailing.store(false, ordering: .relaxed)
            return self.take(reading, for: key)
        } catch {
            self.metrics.readErrors.increment()
            if !self.isFailing.exchange(true, ordering: .relaxed) {
                self.logger.error("the store cannot be read", metadata: ["error": "\(error)"])
            }
            return nil
        }
    }

    package func insert(_ entry: CacheEntry, lifetime: Duration) {
        if !self.queue.insert(entry, expiresAt: entry.storedAt.saturatingAdvanced(by: lifetime)) {
            self.metrics.writesDropped.increment()
        }
    }

    package func remove(_ selection: PurgeSelection) async -> Int? {
        await self.queue.remove(selection)
    }

    private func take(_ reading: EntryRow.Reading?, for key: CacheKey) -> CacheEntry? {
        switch reading {
        case .entry(let entry):
            self.metrics.readHits.increment()
            return entry
        case .otherKey, nil:
            self.metrics.readMisses.increment()
            return nil
        case .invalid(let checksum):
            self.metrics.readMisses.increment()
            self.metrics.invalid.increment()
            self.logger.warning("a stored answer does not match its checksum and is removed")
            self.queue.discard(key: EntryRow.number(of: key), checksum: checksum)
            return nil
        }
    }
}

extension Timestamp {
    /// The moment that much later, or the last one there is.
    fileprivate func saturatingAdvanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(duration.milliseconds)
        return Timestamp(milliseconds: overflow ? .max : sum)
    }
}
