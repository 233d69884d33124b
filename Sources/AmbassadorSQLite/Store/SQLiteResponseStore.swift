package import AmbassadorCore
import Logging
package import NIOCore
import Synchronization

/// The stored answers in the SQLite file.
///
/// Look-ups go to a few readers of their own; what is written goes to the one writing thread and is found at once all the same.
package final class SQLiteResponseStore: ResponseCache {
    private let queue: StoreQueue
    private let readers: [StoreReader]
    private let turns: ReadTurns
    private let metrics: SQLiteMetrics
    private let logger: Logger
    private let keys = StoredKeys()
    private let next = Atomic<Int>(0)
    private let isFailing = Atomic<Bool>(false)

    init(
        configuration: SQLiteConfiguration,
        path: String,
        queue: StoreQueue,
        metrics: SQLiteMetrics,
        logger: Logger
    ) throws(SQLiteError) {
        self.queue = queue
        self.turns = ReadTurns(runningMax: configuration.storeReadsMax)
        self.metrics = metrics
        self.logger = logger
        var readers: [StoreReader] = []
        for _ in 0..<max(1, configuration.storeReaders) { readers.append(try StoreReader(path: path)) }
        self.readers = readers
    }

    package func entry(for key: CacheKey, until deadline: NIODeadline) async -> CacheEntry? {
        if let pending = self.queue.pending(key) {
            self.metrics.readHits.increment()
            return pending
        }
        guard self.keys.mayHold(EntryRow.number(of: key)) else {
            self.metrics.readMisses.increment()
            return nil
        }
        guard await self.turns.take(until: deadline) else {
            self.metrics.readsRefused.increment()
            return nil
        }
        defer { self.turns.giveBack() }
        let turn = self.next.wrappingAdd(1, ordering: .relaxed).oldValue
        let reader = self.readers[Int(UInt(bitPattern: turn) % UInt(self.readers.count))]
        do throws(SQLiteError) {
            let reading = try await reader.row(for: key)
            self.isFailing.store(false, ordering: .relaxed)
            return self.take(reading, for: key)
        } catch {
            self.failed(error)
            return nil
        }
    }

    private func failed(_ error: SQLiteError) {
        self.metrics.readErrors.increment()
        if !self.isFailing.exchange(true, ordering: .relaxed) {
            self.logger.error("the store cannot be read", metadata: ["error": "\(error)"])
        }
    }

    package func insert(_ entry: CacheEntry, lifetime: Duration) {
        guard self.queue.insert(entry, expiresAt: entry.storedAt.saturatingAdvanced(by: lifetime)) else {
            self.metrics.writesDropped.increment()
            return
        }
        // Queued before it is noted: whoever collects the keys meanwhile finds it in one of both.
        if self.keys.insert(EntryRow.number(of: entry.key)) { self.collectKeys() }
    }

    /// Finds out in the background which keys the file has; until then every look-up asks the file.
    func collectKeys() {
        guard self.keys.beginCollection() else { return }
        Task(priority: .utility) {
            do throws(SQLiteError) {
                try await self.collectAllKeys()
            } catch {
                self.failed(error)
                self.keys.endCollection(nil, spare: 0)
            }
        }
    }

    /// Whether the keys of the file are known; for tests.
    var knowsKeys: Bool { self.keys.areKnown }

    private func collectAllKeys() async throws(SQLiteError) {
        let reader = self.readers[0]
        let queued = self.queue.pendingKeys
        let count = try await reader.count() + queued.count
        guard count <= StoredKeys.keysMax else { return self.keys.endCollection(nil, spare: 0) }
        let capacity = max(StoredKeys.capacityMin, 2 * count)
        var filter = KeyFilter(capacity: capacity)
        for key in queued { filter.insert(EntryRow.number(of: key)) }
        var first = Int64.min
        while true {
            let page = try await reader.keys(from: first)
            for key in page { filter.insert(key) }
            guard let last = page.last, last < .max else { break }
            first = last + 1
        }
        self.keys.endCollection(filter, spare: capacity - count)
    }

    package func remove(_ selection: PurgeSelection) async -> Removal? {
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
