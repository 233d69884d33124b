import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct MemoryCacheTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let later = NIODeadline.uptimeNanoseconds(2_000_000_000)

    private func cache(_ bytesMax: Int, entryBytesMax: Int = 64 << 10) -> MemoryCache {
        MemoryCache(bytesMax: bytesMax, entryBytesMax: entryBytesMax, metrics: MetricRegistry(), sketchSeed: 1)
    }

    @Test("an entry is found by its key until its time has come")
    func expiry() {
        let cache = self.cache(1 << 20)
        let entry = CacheEntry.sample(.sample(1))
        cache.insert(entry, expiresAt: self.later)
        #expect(cache.entry(for: .sample(1), at: self.start) === entry)
        #expect(cache.entry(for: .sample(2), at: self.start) == nil)
        #expect(cache.entry(for: .sample(1, scope: 2), at: self.start) == nil)
        #expect(cache.statistics == .init(entries: 1, bytes: 1024, evictions: 0))
        #expect(cache.entry(for: .sample(1), at: self.later) == nil)
        #expect(cache.statistics == .init(entries: 0, bytes: 0, evictions: 0))
        #expect(cache.entry(for: .sample(1), at: self.start) == nil)
    }

    @Test("keys that differ only in the target, the tenant or the last word of the hash are different entries")
    func keysApart() {
        let cache = self.cache(1 << 20)
        let words = CacheKey.sample(1).input.words
        let keys = [
            CacheKey.sample(1), .sample(1, scope: 2),
            CacheKey(
                scope: CacheScope(high: 1, low: 32),
                input: InputHash(words: words)
            ),
            CacheKey(
                scope: CacheKey.sample(1).scope,
                input: InputHash(words: (words.0, words.1, words.2, words.3 ^ 1))
            ),
        ]
        for key in keys {
            cache.insert(.sample(key), expiresAt: self.later)
        }
        for key in keys {
            #expect(cache.entry(for: key, at: self.start)?.key == key)
        }
        #expect(cache.statistics.entries == keys.count)
    }

    @Test("a later answer replaces an earlier one, never the other way round")
    func replacement() {
        let cache = self.cache(1 << 20)
        let older = CacheEntry.sample(.sample(1), byteCount: 500, storedAt: 1)
        let newer = CacheEntry.sample(.sample(1), byteCount: 700, storedAt: 2)
        cache.insert(older, expiresAt: self.later)
        cache.insert(newer, expiresAt: self.later)
        #expect(cache.entry(for: .sample(1), at: self.start) === newer)
        cache.insert(older, expiresAt: self.later)
        #expect(cache.entry(for: .sample(1), at: self.start) === newer)
        #expect(cache.statistics == .init(entries: 1, bytes: 700, evictions: 0))
    }

    @Test("an entry at the size limit is kept and one byte more is not", arguments: [64 << 10, 128 << 10, 1 << 20])
    func entryLimit(entryBytesMax: Int) {
        let cache = self.cache(4 << 20, entryBytesMax: entryBytesMax)
        let limit = min(entryBytesMax, 1 << 20)
        cache.insert(.sample(.sample(1), byteCount: limit), expiresAt: self.later)
        cache.insert(.sample(.sample(2), byteCount: limit + 1), expiresAt: self.later)
        #expect(cache.entry(for: .sample(1), at: self.start) != nil)
        #expect(cache.entry(for: .sample(2), at: self.start) == nil)
    }

    @Test("a later answer that is too large to keep removes the earlier one")
    func replacementTooLarge() {
        let cache = self.cache(1 << 20)
        cache.insert(.sample(.sample(1), storedAt: 1), expiresAt: self.later)
        cache.insert(.sample(.sample(1), byteCount: 65 << 10, storedAt: 2), expiresAt: self.later)
        #expect(cache.statistics == .init(entries: 0, bytes: 0, evictions: 0))
    }

    @Test("a cache of no bytes keeps nothing")
    func empty() {
        let cache = self.cache(0)
        cache.insert(.sample(.sample(1), byteCount: 256), expiresAt: self.later)
        #expect(cache.entry(for: .sample(1), at: self.start) == nil)
        #expect(cache.statistics == .init())
    }

    @Test(
        "a purge removes what it names and nothing else",
        arguments: [
            (PurgeSelection.all, 8),
            (.key(.sample(3)), 1),
            (.key(.sample(99)), 0),
            (.tenant(.sample("a")), 4),
            (.flow(target: .sample("x")), 4),
            (.tenantFlow(tenant: .sample("b"), target: .sample("y")), 2),
            (.tenant(.sample("c")), 0),
        ]
    )
    func purge(selection: PurgeSelection, count: Int) {
        let cache = self.cache(1 << 20)
        var entries: [CacheEntry] = []
        for number in 0..<8 {
            let entry = CacheEntry.sample(
                .sample(UInt64(number)),
                tenant: .sample(number % 2 == 0 ? "a" : "b"),
                target: .sample(number < 4 ? "x" : "y")
            )
            entries.append(entry)
            cache.insert(entry, expiresAt: self.later)
        }
        #expect(cache.remove(selection).removed == count)
        #expect(cache.statistics == .init(entries: 8 - count, bytes: (8 - count) * 1024, evictions: 0))
        for entry in entries {
            let isNamed = selection.covers(entry)
            #expect((cache.entry(for: entry.key, at: self.start) == nil) == isNamed)
        }
    }

    @Test("the metrics say what the statistics say")
    func metrics() throws {
        let registry = MetricRegistry()
        let cache = MemoryCache(bytesMax: 256 << 10, entryBytesMax: 16 << 10, metrics: registry, sketchSeed: 1)
        for number in 0..<2000 {
            cache.insert(.sample(.sample(UInt64(number))), expiresAt: self.later)
        }
        _ = cache.entry(for: .sample(0), at: self.later)
        cache.remove(.key(.sample(1)))
        let text = String(buffer: PrometheusText.render(registry))
        let statistics = cache.statistics
        #expect(statistics.entries > 200)
        #expect(statistics.evictions > 1500)
        #expect(text.contains("\nambassador_memory_cache_entries \(statistics.entries)\n"))
        #expect(text.contains("\nambassador_memory_cache_bytes \(statistics.bytes)\n"))
        #expect(text.contains("\nambassador_memory_cache_evictions_total \(statistics.evictions)\n"))
    }

    @Test("entries whose time has come go first, however often they were asked for")
    func expiredGoFirst() {
        let cache = self.cache(256 << 10, entryBytesMax: 64 << 10)
        for number in 0..<400 {
            cache.insert(.sample(.sample(UInt64(number))), expiresAt: self.later)
            for _ in 0..<5 {
                _ = cache.entry(for: .sample(UInt64(number)), at: self.start)
            }
        }
        // Any look-up tells the time.
        _ = cache.entry(for: .sample(999_999), at: self.later)
        let much = NIODeadline.distantFuture
        for number in 1000..<1240 {
            cache.insert(.sample(.sample(UInt64(number))), expiresAt: much)
        }
        let kept = (1000..<1240).count { cache.entry(for: .sample(UInt64($0)), at: self.later) != nil }
        #expect(kept == 240)
    }

    @Test("a newcomer that was asked for no more often than what is kept does not displace it")
    func ties() {
        let cache = self.cache(256 << 10)
        for number in 0..<480 {
            cache.insert(.sample(.sample(UInt64(number))), expiresAt: self.later)
        }
        // All but those few of which a newcomer's count, which may be too high, says otherwise.
        let kept = (0..<240).count { cache.entry(for: .sample(UInt64($0)), at: self.start) != nil }
        #expect(kept >= 230, "\(kept) of 240")
    }

    @Test("in a million random operations the bound holds and only the latest of what was inserted is found")
    func model() {
        let bytesMax = 4 << 20
        let registry = MetricRegistry()
        let cache = MemoryCache(bytesMax: bytesMax, entryBytesMax: 64 << 10, metrics: registry, sketchSeed: 1)
        var generator = SeededGenerator(seed: 11)
        let keys = (0..<3000).map { CacheKey.sample(UInt64($0)) }
        var model: [(entry: CacheEntry, expiresAt: UInt64)?] = Array(repeating: nil, count: keys.count)
        var now: UInt64 = 1000
        var isSound = true
        var hits = 0
        for operation in 0..<1_000_000 {
            let number = Int(generator.next() % 3000)
            now += generator.next() % 4
            switch generator.next() % 100 {
            case 0..<60:
                guard let found = cache.entry(for: keys[number], at: .uptimeNanoseconds(now)) else { break }
                hits += 1
                guard let expected = model[number] else {
                    isSound = false
                    break
                }
                isSound = isSound && found === expected.entry && now < expected.expiresAt
            case 60..<97:
                let size = 256 + Int(generator.next() % (number % 50 == 0 ? 70_000 : 4000))
                let storedAt = Int64(generator.next() % 1000) + Int64(operation)
                let entry = CacheEntry.sample(keys[number], byteCount: size, storedAt: storedAt)
                let expiresAt = now + generator.next() % 200_000
                cache.insert(entry, expiresAt: .uptimeNanoseconds(expiresAt))
                // Where the cache has dropped the present one, it takes the new one whatever its time; then they differ until the next.
                if let present = model[number], present.entry.storedAt > entry.storedAt,
                    cache.entry(for: keys[number], at: .uptimeNanoseconds(now)) !== entry
                {
                    break
                }
                model[number] = (entry, expiresAt)
            case 97..<99:
                cache.remove(.key(keys[number]))
                model[number] = nil
            default:
                if generator.next() % 100 == 0 {
                    cache.remove(.tenant(.default))
                    model = Array(repeating: nil, count: keys.count)
                }
            }
            if operation % 16 == 0 {
                isSound = isSound && cache.statistics.bytes <= bytesMax
            }
        }
        #expect(isSound)
        #expect(hits > 100_000)
        let left = keys.compactMap { cache.entry(for: $0, at: .uptimeNanoseconds(now)) }
        #expect(cache.statistics.bytes == left.reduce(0) { $0 + $1.byteCount })
        #expect(cache.statistics.entries == left.count)
        cache.remove(.all)
        #expect(cache.statistics.bytes == 0)
    }

    @Test("event loops may use it at once")
    func concurrency() async {
        let cache = self.cache(1 << 20)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(task))
                    var isSound = true
                    for _ in 0..<20_000 {
                        let key = CacheKey.sample(generator.next() % 2000)
                        switch generator.next() % 8 {
                        case 0..<5:
                            let entry = cache.entry(for: key, at: self.start)
                            isSound = isSound && (entry == nil || entry?.key == key)
                        case 5..<7: cache.insert(.sample(key), expiresAt: self.later)
                        default: cache.remove(.key(key))
                        }
                    }
                    return isSound && cache.statistics.bytes <= 1 << 20
                }
            }
            for await isSound in group {
                #expect(isSound)
            }
        }
    }
}
