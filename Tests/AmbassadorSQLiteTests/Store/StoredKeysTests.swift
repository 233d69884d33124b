import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorSQLite

@Suite struct StoredKeysTests {
    @Test("a filter never denies a key that it holds, and seldom grants another", arguments: [64, 8_192, 100_000])
    func filter(capacity: Int) {
        var generator = SeededGenerator(seed: UInt64(capacity))
        var filter = KeyFilter(capacity: capacity)
        let keys = (0..<capacity).map { _ in Int64.random(in: .min ... .max, using: &generator) }
        for key in keys { filter.insert(key) }
        #expect(keys.allSatisfy(filter.mayContain))
        let others = (0..<100_000).map { _ in Int64.random(in: .min ... .max, using: &generator) }
        #expect(others.count(where: filter.mayContain) < 2_000)
    }

    @Test("until they are collected any key may be there, then those of the filter and of insertions")
    func collection() {
        let keys = StoredKeys()
        #expect(keys.mayHold(1) && !keys.areKnown)
        #expect(keys.beginCollection())
        #expect(!keys.beginCollection())
        // Inserted while the file is read, perhaps behind the place where the reading is.
        #expect(!keys.insert(2))
        #expect(keys.mayHold(1))
        var filter = KeyFilter(capacity: StoredKeys.capacityMin)
        filter.insert(3)
        keys.endCollection(filter, spare: 2)
        #expect(keys.areKnown && keys.mayHold(2) && keys.mayHold(3) && !keys.mayHold(1))
        #expect(!keys.insert(4))
        #expect(keys.mayHold(4))
        #expect(keys.insert(5), "the filter is full: it is to be filled anew")
        #expect(keys.beginCollection())
        #expect(keys.mayHold(2) && keys.mayHold(5) && !keys.mayHold(1), "the old one serves meanwhile")
        keys.endCollection(nil, spare: 0)
        #expect(keys.mayHold(2) && keys.mayHold(5) && !keys.insert(6))
    }

    @Test("what was stored before the start is found, and for what was not the file is not read")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            // More than a page of keys.
            let stored = try (1...5_000).map { try makeEntry(number: UInt64($0)) }
            try await withDatabase(at: folder + "/a.db") { fixture in
                for entry in stored { fixture.store.insert(entry, lifetime: .seconds(60)) }
                try await fixture.settle()
            }
            try await withDatabase(at: folder + "/a.db") {
                $0.storeReadsMax = 0
            } _: { fixture async throws in
                try await eventually { fixture.store.knowsKeys }
                for entry in stored { _ = await fixture.store.entry(for: entry.key, until: .distantPast) }
                #expect(fixture.metric(.storeReads, "overloaded") == 5_000)
                let unknown = try makeEntry(number: 5_001).key
                #expect(await fixture.store.entry(for: unknown, until: .distantPast) == nil)
                #expect(fixture.metric(.storeReads, "miss") == 1)
                #expect(fixture.metric(.storeReads, "overloaded") == 5_000)
            }
        }
    }

    @Test("what is stored after the start is found, however much of it") func growth() async throws {
        try await withDatabase { fixture in
            let stored = try (1...20_000).map { try makeEntry(number: UInt64($0)) }
            for entry in stored { fixture.store.insert(entry, lifetime: .seconds(60)) }
            try await fixture.settle()
            var found = 0
            for entry in stored where await fixture.store.entry(for: entry.key) != nil { found += 1 }
            #expect(found == 20_000)
        }
    }
}
