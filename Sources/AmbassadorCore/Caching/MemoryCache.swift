package import NIOCore
import Synchronization

/// The answers that are at hand in the process, bounded in bytes.
///
/// Keys are spread over shards, each with its own short lock, so that two event loops seldom meet. Each shard keeps what was asked for
/// often and of late (see ``Shard``), so that a scan does not push out what is in use. Everything may be called on an event loop.
package final class MemoryCache: Sendable {
    /// What a look-up found.
    enum Lookup {
        case hit(CacheEntry)
        case expired(CacheEntry)
        case miss
    }

    /// What an insertion took out, kept until the lock is released, so that no large object is freed inside it.
    struct Removals {
        var replaced: [CacheEntry] = []
        var evicted: [CacheEntry] = []
    }

    /// What the cache holds and what it did.
    package struct Statistics: Sendable, Hashable {
        package var entries = 0
        package var bytes = 0
        /// Entries that went for room, those that were not admitted included.
        package var evictions = 0
    }

    private final class LockedShard: Sendable {
        let shard: Mutex<Shard>

        init(_ shard: Shard) {
            self.shard = Mutex(shard)
        }
    }

    /// The most that all entries together take, in bytes of ``CacheEntry/byteCount``.
    package let bytesMax: Int
    private let shards: ContiguousArray<LockedShard>
    private let entryCount: Counter
    private let byteCount: Counter
    private let evictions: Counter

    /// - Parameters:
    ///   - bytesMax: the bound over all shards; zero keeps nothing.
    ///   - entryBytesMax: larger entries are not kept, nor are those over a quarter of a shard's share.
    ///   - metrics: where the cache's levels are shown; one cache a registry.
    ///   - sketchSeed: random but in tests.
    package init(
        bytesMax: Int,
        entryBytesMax: Int = 1 << 20,
        metrics: MetricRegistry,
        sketchSeed: UInt64 = .random(in: .min ... .max)
    ) {
        precondition(bytesMax >= 0 && entryBytesMax >= 0)
        self.bytesMax = bytesMax
        // As many as 16, but not so many that the largest entry is over a quarter of a share.
        var count = 16
        while count > 1, bytesMax / count < 4 * min(entryBytesMax, bytesMax) {
            count /= 2
        }
        self.shards = ContiguousArray(
            (0..<count).map { index in
                LockedShard(
                    Shard(
                        bytesMax: bytesMax / count,
                        entryBytesMax: entryBytesMax,
                        sketchSeed: sketchSeed &+ UInt64(index)
                    )
                )
            }
        )
        self.entryCount = metrics.level(.memoryEntries)
        self.byteCount = metrics.level(.memoryBytes)
        self.evictions = metrics.counter(.memoryEvictions)
    }

    /// The entry of a key; one short critical section, nothing allocated.
    ///
    /// - Returns: `nil` also where the entry's time, as given to ``insert(_:expiresAt:)``, has come: it is then removed.
    package func entry(for key: CacheKey, at now: NIODeadline) -> CacheEntry? {
        var hint = Slot.none
        return self.entry(for: key, at: now, hint: &hint)
    }

    /// The same, for who asks for it again and again: `hint` is what the last call left there, ``Slot/none`` at first.
    func entry(for key: CacheKey, at now: NIODeadline, hint: inout Int32) -> CacheEntry? {
        switch self.shard(of: key).shard.withLock({ $0.entry(for: key, at: now, hint: &hint) }) {
        case .hit(let entry):
            return entry
        case .expired(let entry):
            self.count(removed: [entry])
            return nil
        case .miss:
            return nil
        }
    }

    /// Keeps an entry where it is worth it, in place of one of the same key that is not later.
    ///
    /// - Parameters:
    ///   - entry: not kept where one of the same key that is later is present.
    ///   - expiresAt: when it can no longer be of use, staleness included.
    ///   - now: the wall clock, by which one that is present is known to be of a time that cannot be; `nil` believes every time.
    package func insert(_ entry: CacheEntry, expiresAt: NIODeadline, at now: Timestamp? = nil) {
        let (entries, bytes, removals) = self.shard(of: entry.key).shard.withLock { shard in
            let entries = shard.entryCount
            let bytes = shard.byteCount
            let removals = shard.insert(entry, expiresAt: expiresAt, at: now)
            return (shard.entryCount - entries, shard.byteCount - bytes, removals)
        }
        self.entryCount.increment(by: entries)
        self.byteCount.increment(by: bytes)
        if !removals.evicted.isEmpty {
            self.evictions.increment(by: removals.evicted.count)
        }
    }

    /// Forgets the entries that a selection names; without a key it looks at every entry.
    ///
    @discardableResult
    package func remove(_ selection: PurgeSelection) -> Removal {
        if selection.text != nil { return self.removeByText(selection) }
        if let key = selection.key {
            let removed = self.shard(of: key).shard.withLock { $0.remove(key, where: selection.covers) }
            self.count(removed: removed)
            return Removal(removed: removed.count)
        }
        var count = 0
        for shard in self.shards {
            let removed =
                selection.text == nil
                ? shard.shard.withLock { $0.removeAll(where: selection.covers) }
                : Self.removeByText(selection, in: shard)
            self.count(removed: removed)
            count += removed.count
        }
        return Removal(removed: count)
    }

    /// Looks into inputs outside of the locks, which hits must not wait for.
    private func removeByText(_ selection: PurgeSelection) -> Removal {
        var removal = Removal()
        for shard in self.shards {
            for entry in shard.shard.withLock({ $0.entries }) {
                switch selection.verdict(on: entry) {
                case .covered:
                    let removed = shard.shard.withLock { $0.remove(entry.key, where: { $0 === entry }) }
                    self.count(removed: removed)
                    removal.removed += removed.count
                case .unjudged: removal.unjudged += 1
                case .spared: continue
                }
            }
        }
        return removal
    }

    /// Reads the inputs without the lock, for which hits would have to wait.
    ///
    /// What is inserted meanwhile, the purge ledger has judged.
    private static func removeByText(_ selection: PurgeSelection, in shard: LockedShard) -> [CacheEntry] {
        let covered = shard.shard.withLock { $0.entries }.filter(selection.covers)
        return covered.flatMap { entry in
            shard.shard.withLock { $0.remove(entry.key) { $0 === entry } }
        }
    }

    /// Forgets an entry of which there is a later one elsewhere.
    package func remove(_ key: CacheKey, storedBefore time: Timestamp) {
        self.remove(PurgeSelection(key: key, storedBefore: time))
    }

    /// Counted shard by shard: exact while nothing changes.
    package var statistics: Statistics {
        var statistics = Statistics(evictions: self.evictions.value)
        for shard in self.shards {
            let (entries, bytes) = shard.shard.withLock { ($0.entryCount, $0.byteCount) }
            statistics.entries += entries
            statistics.bytes += bytes
        }
        return statistics
    }

    private func shard(of key: CacheKey) -> LockedShard {
        // Other bits than the dictionaries and the sketches use.
        self.shards[Int(truncatingIfNeeded: key.input.words.3 ^ key.scope.high) & (self.shards.count - 1)]
    }

    private func count(removed: [CacheEntry]) {
        guard !removed.isEmpty else { return }
        self.entryCount.decrement(by: removed.count)
        self.byteCount.decrement(by: removed.reduce(0) { $0 + $1.byteCount })
    }
}
