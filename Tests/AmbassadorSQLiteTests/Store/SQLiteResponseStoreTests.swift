import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorSQLite

@Suite struct SQLiteResponseStoreTests {
    @Test(
        "an entry comes back as it was stored, byte for byte, after a restart too",
        arguments: [
            (#"{"a":"b"}"#, "b", "what?" as String?),
            (#"{"a":"退款需要多久？"}"#, "退款需要多久？", "如何退款"),
            ("{\"a\":\"👩‍👩‍👧‍👦 e\u{301} \u{e9}\"}", "👩‍👩‍👧‍👦 e\u{301} \u{e9}", "e\u{301}"),
            ("{\"a\":\"x\0y\"}", "x\0y", "\0"),
            (String(repeating: "長", count: 300_000), "", nil),
            ("x", "", ""),
        ]
    ) func roundTrip(body: String, text: String, input: String?) async throws {
        try await withTemporaryFolder { folder in
            let entry = try makeEntry(
                body: body,
                text: text,
                input: input,
                lifetimeMax: .milliseconds(1_234_567),
                forbidsStale: input == nil,
                sessionOffsets: [0, 1]
            )
            for isFirst in [true, false] {
                try await withDatabase(at: folder + "/a.db") { fixture in
                    if isFirst { fixture.store.insert(entry, lifetime: .seconds(60_000)) }
                    try await fixture.settle()
                    let found = try #require(await fixture.store.entry(for: entry.key))
                    #expect(found !== entry)
                    #expect(found.key == entry.key)
                    #expect(found.tenant == entry.tenant)
                    #expect(found.target == entry.target)
                    #expect(found.storedAt == entry.storedAt)
                    #expect(found.lifetimeMax == entry.lifetimeMax)
                    #expect(found.forbidsStale == entry.forbidsStale)
                    #expect(found.answer == entry.answer)
                    #expect(found.usage == entry.usage)
                    #expect(found.upstreamMicroseconds == entry.upstreamMicroseconds)
                    #expect(found.input == entry.input)
                }
            }
        }
    }

    @Test("an entry is found before it is written") func pending() async throws {
        try await withDatabase { fixture in
            let entry = try makeEntry()
            fixture.store.insert(entry, lifetime: .seconds(60))
            #expect(await fixture.store.entry(for: entry.key)?.answer == entry.answer)
            #expect(await fixture.store.entry(for: try makeEntry(number: 2).key) == nil)
            #expect(await fixture.store.entry(for: try makeEntry(tenant: "other").key) == nil)
            #expect(fixture.metric(.storeReads, "hit") == 1)
            #expect(fixture.metric(.storeReads, "miss") == 2)
        }
    }

    @Test("a newer entry takes an older one's place") func replacement() async throws {
        try await withDatabase { fixture in
            fixture.store.insert(try makeEntry(body: "old"), lifetime: .seconds(60))
            try await fixture.settle()
            fixture.store.insert(try makeEntry(body: "new"), lifetime: .seconds(60))
            try await fixture.settle()
            let found = await fixture.store.entry(for: try makeEntry().key)
            #expect(found?.answer.body == ByteBuffer(string: "new"))
            #expect(try fixture.count("entries") == 1)
            #expect(fixture.metric(.storeWrites, "ok") == 2)
        }
    }

    @Test("an entry that comes late does not take a newer one's place") func late() async throws {
        try await withDatabase { fixture in
            let storedAt = try makeEntry().storedAt
            fixture.store.insert(try makeEntry(body: "new"), lifetime: .seconds(60))
            try await fixture.settle()
            let late = try makeEntry(body: "late", storedAt: Timestamp(milliseconds: storedAt.milliseconds - 1))
            fixture.store.insert(late, lifetime: .seconds(60))
            try await fixture.settle()
            let found = await fixture.store.entry(for: late.key)
            #expect(found?.answer.body == ByteBuffer(string: "new"))
            #expect(try fixture.count("entries") == 1)
        }
    }

    @Test("two keys with one row number are never mistaken for one another: the newer stays") func collision()
        async throws
    {
        try await withDatabase { fixture in
            let first = try makeEntry()
            let words = first.key.input.words
            let key = CacheKey(scope: first.key.scope, input: InputHash(words: (words.0, 99, 98, 97)))
            let second = CacheEntry(
                key: key,
                tenant: first.tenant,
                target: first.target,
                storedAt: first.storedAt,
                lifetimeMax: nil,
                answer: Answer(body: ByteBuffer(string: "second"), sessionOffsets: [], text: ByteBuffer()),
                usage: .unknown,
                upstreamMicroseconds: 1,
                input: nil
            )
            #expect(EntryRow.number(of: key) == EntryRow.number(of: first.key))
            fixture.store.insert(first, lifetime: .seconds(60))
            try await fixture.settle()
            #expect(await fixture.store.entry(for: key) == nil)
            fixture.store.insert(second, lifetime: .seconds(60))
            try await fixture.settle()
            #expect(await fixture.store.entry(for: key)?.answer.body == ByteBuffer(string: "second"))
            #expect(await fixture.store.entry(for: first.key) == nil)
            #expect(fixture.metric(.storeInvalid) == 0)
            #expect(await fixture.store.remove(.key(first.key)) == Removal())
            #expect(await fixture.store.remove(.key(key)) == Removal(removed: 1))
        }
    }

    @Test(
        "a row that was damaged is a miss, counted and removed",
        arguments: [
            "body = x'7b7d'", "session_offsets = x'01000000'", "session_offsets = x'010000'", "text = x'00'",
            "input = NULL",
            "stored_at = stored_at + 1", "lifetime_max_us = 5", "tenant = 'other'", "tenant = 'NOT A TENANT'",
            "target = 'other'", "checksum = x''", "input_tokens = NULL", "output_tokens = 0", "upstream_us = 0",
        ]
    ) func damaged(change: String) async throws {
        try await withDatabase { fixture in
            let entry = try makeEntry()
            fixture.store.insert(entry, lifetime: .seconds(60))
            try await fixture.settle()
            try fixture.connect().execute("UPDATE entries SET \(change)")
            #expect(await fixture.store.entry(for: entry.key) == nil)
            #expect(fixture.metric(.storeInvalid) == 1)
            try await fixture.settle()
            #expect(try fixture.count("entries") == 0)
        }
    }

    @Test("a damaged row that was replaced in the meantime stays") func replacedBeforeDiscard() async throws {
        try await withDatabase { fixture in
            let entry = try makeEntry()
            fixture.store.insert(entry, lifetime: .seconds(60))
            try await fixture.settle()
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                let table = try EntryTable(connection)
                try table.discard(key: EntryRow.number(of: entry.key), checksum: ByteBuffer(string: "of another row"))
            }
            #expect(await fixture.store.entry(for: entry.key) != nil)
        }
    }

    @Test(
        "a purge removes what it names, says how many, and leaves the rest",
        arguments: [
            ("all", 5), ("tenant", 3), ("flow", 3), ("tenantFlow", 2), ("key", 1), ("none", 0),
        ],
        [true, false]
    ) func purge(selection: (name: String, expected: Int), isWritten: Bool) async throws {
        let (name, expected) = selection
        try await withDatabase { fixture in
            let entries = try [
                ("acme", "faq_qa", 1), ("acme", "faq_qa", 2), ("acme", "other", 3), ("beta", "faq_qa", 4),
                ("beta", "other", 5),
            ].map { try makeEntry(tenant: $0.0, target: $0.1, number: $0.2) }
            for entry in entries { fixture.store.insert(entry, lifetime: .seconds(60)) }
            if isWritten { try await fixture.settle() }
            let selection: PurgeSelection =
                switch name {
                case "all": .all
                case "tenant": .tenant(try tenant("acme"))
                case "flow": .flow(target: try flow("faq_qa"))
                case "tenantFlow": .tenantFlow(tenant: try tenant("acme"), target: try flow("faq_qa"))
                case "key": .key(entries[0].key)
                default: .tenantFlow(tenant: try tenant("acme"), target: try flow("nobody"))
                }
            #expect(await fixture.store.remove(selection) == Removal(removed: expected))
            var left = 0
            for entry in entries where await fixture.store.entry(for: entry.key) != nil { left += 1 }
            #expect(left == entries.count - expected)
            if expected > 0 { #expect(await fixture.store.entry(for: entries[0].key) == nil) }
        }
    }

    @Test("a purge by age or text looks into every answer once and leaves the others") func purgeByContent()
        async throws
    {
        try await withDatabase { fixture in
            for number in 0..<2_500 {
                fixture.store.insert(
                    try makeEntry(
                        tenant: number % 2 == 0 ? "acme" : "beta",
                        number: UInt64(number),
                        input: number % 5 == 0 ? nil : number % 3 == 0 ? "ask jane@example.com" : "ask joe",
                        storedAt: Timestamp(milliseconds: 1_790_000_000_000 + Int64(number))
                    ),
                    lifetime: .seconds(60)
                )
            }
            try await fixture.settle()
            let jane = PurgeText(ByteBuffer(string: "jane@"))
            let ofAcme = (0..<2_500).count { $0 % 2 == 0 && $0 % 3 == 0 && $0 % 5 != 0 }
            let tenants = try await fixture.store.remove(PurgeSelection(tenant: tenant("acme"), text: jane))
            #expect(tenants == Removal(removed: ofAcme, unjudged: 250))
            let ofAll = (0..<2_500).count { $0 % 3 == 0 && $0 % 5 != 0 }
            let text = PurgeSelection(text: jane)
            #expect(await fixture.store.remove(text) == Removal(removed: ofAll - ofAcme, unjudged: 500))
            #expect(await fixture.store.remove(text) == Removal(unjudged: 500))
            let before = Timestamp(milliseconds: 1_790_000_000_000 + 1_000)
            let old = (0..<1_000).count { $0 % 3 != 0 || $0 % 5 == 0 }
            #expect(await fixture.store.remove(PurgeSelection(storedBefore: before)) == Removal(removed: old))
            #expect(try fixture.count("entries") == 2_500 - ofAll - old)
            let joe = ByteBuffer(string: "ASK  JOE!")
            let elsewhere = PurgeText(joe, foldedTargets: .only([try flow("other")]))
            #expect(await fixture.store.remove(PurgeSelection(text: elsewhere))?.removed == 0)
            let folded = PurgeText(joe, foldedTargets: .only([try flow("faq_qa")]))
            let left = (1_000..<2_500).count { $0 % 3 != 0 && $0 % 5 != 0 }
            #expect(await fixture.store.remove(PurgeSelection(text: folded))?.removed == left)
        }
    }

    @Test("notes outlive the process") func notes() async throws {
        try await withTemporaryFolder { folder in
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                #expect(await fixture.database.notes.note("a") == nil)
                #expect(await fixture.database.notes.keep("1", as: "a"))
                #expect(await fixture.database.notes.keep("2", as: "a"))
                #expect(await fixture.database.notes.keep("x", as: "b"))
            }
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                #expect(await fixture.database.notes.note("a") == "2")
            }
        }
    }

    @Test("a purge of many goes in steps, and what is inserted behind it stays") func longPurge() async throws {
        try await withDatabase { fixture in
            for number in 0..<1_001 {
                fixture.store.insert(try makeEntry(number: UInt64(number)), lifetime: .seconds(60))
            }
            async let removed = fixture.store.remove(.all)
            #expect(await removed == Removal(removed: 1_001))
            fixture.store.insert(try makeEntry(number: 5), lifetime: .seconds(60))
            try await fixture.settle()
            #expect(try fixture.count("entries") == 1)
        }
    }

    @Test("answers wait to be written up to a limit; what comes on top is dropped and counted") func pendingLimit()
        async throws
    {
        let entry = try makeEntry()
        try await withDatabase { configuration in
            configuration.storePendingBytesMax = 2 * entry.byteCount
        } _: { fixture in
            let gate = AsyncStream.makeStream(of: Void.self)
            async let blocked: Void = fixture.database.withWritingConnection { _ throws(SQLiteError) in
                gate.continuation.yield()
                gate.continuation.finish()
                while fixture.metric(.storeWrites, "dropped") == 0 {}
            }
            for await _ in gate.stream {}
            for number in 1...3 { fixture.store.insert(try makeEntry(number: UInt64(number)), lifetime: .seconds(60)) }
            #expect(fixture.metric(.storeWrites, "dropped") == 1)
            try await blocked
            #expect(await fixture.store.entry(for: try makeEntry(number: 2).key) != nil)
            #expect(await fixture.store.entry(for: try makeEntry(number: 3).key) == nil)
            try await fixture.settle()
            fixture.store.insert(try makeEntry(number: 3), lifetime: .seconds(60))
            #expect(await fixture.store.entry(for: try makeEntry(number: 3).key) != nil)
        }
    }

    @Test("a look-up whose turn does not come in time finds nothing, and is counted") func readLimit() async throws {
        try await withDatabase {
            $0.storeReadsMax = 0
        } _: { fixture async throws in
            fixture.store.insert(try makeEntry(), lifetime: .seconds(60))
            try await fixture.settle()
            let deadline = NIODeadline.now() + .milliseconds(20)
            #expect(await fixture.store.entry(for: try makeEntry().key, until: deadline) == nil)
            #expect(fixture.metric(.storeReads, "overloaded") == 1)
        }
    }

    @Test("a thousand look-ups at once all find what is stored, one at a time") func thousandAtOnce() async throws {
        try await withDatabase {
            $0.storeReadsMax = 1
        } _: { fixture async throws in
            let entries = try (0..<100).map { try makeEntry(number: UInt64($0)) }
            for entry in entries { fixture.store.insert(entry, lifetime: .seconds(60)) }
            try await fixture.settle()
            let store = fixture.store
            let found = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<1_000 {
                    group.addTask { await store.entry(for: entries[number % 100].key) != nil }
                }
                // Callers that leave take nobody's turn with them.
                for entry in entries {
                    let leaver = Task { await store.entry(for: entry.key) }
                    leaver.cancel()
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(found == 1_000)
            #expect(try #require(fixture.metric(.storeReads, "hit")) >= 1_000)
        }
    }

    @Test("an entry whose time is up is removed") func expiry() async throws {
        try await withDatabase { fixture in
            fixture.store.insert(try makeEntry(number: 1, storedAt: fixture.clock.now), lifetime: .seconds(60))
            fixture.store.insert(try makeEntry(number: 2, storedAt: fixture.clock.now), lifetime: .seconds(6_000))
            fixture.store.insert(
                try makeEntry(number: 3, storedAt: fixture.clock.now),
                lifetime: .seconds(Int64.max / 2)
            )
            try await fixture.settle()
            fixture.clock.advance(by: .seconds(61))
            try await eventually { try fixture.count("entries") == 2 }
            #expect(await fixture.store.entry(for: try makeEntry(number: 1).key) == nil)
            #expect(await fixture.store.entry(for: try makeEntry(number: 2).key) != nil)
            #expect(fixture.metric(.storePruned) == 1)
        }
    }

    @Test("the file stays near its limit, and the entries stored last are there", arguments: [1_200, 30_000])
    func size(bodyBytes: Int) async throws {
        let maximum = 4 << 20
        try await withDatabase {
            $0.storeBytesMax = maximum
        } _: { fixture in
            let count = 3 * maximum / bodyBytes
            let body = String(repeating: "x", count: bodyBytes)
            for number in 0..<count {
                let entry = try makeEntry(
                    number: UInt64(number),
                    body: body,
                    storedAt: fixture.clock.now.advanced(by: .milliseconds(number))
                )
                fixture.store.insert(entry, lifetime: .seconds(60_000))
                if number % 100 == 99 { try await fixture.settle() }
            }
            try await eventually { fixture.metric(.storePruned) ?? 0 > 0 }
            // A stop does not wait for retention.
            try await eventually("pages are given back") {
                let pages = "SELECT page_count FROM pragma_page_count"
                let size = "SELECT page_size FROM pragma_page_size"
                let connection = try fixture.connect()
                return try (connection.integer(pages) ?? .max) * (connection.integer(size) ?? 0) <= maximum * 12 / 10
            }
            await fixture.database.stop()
            #expect(try DatabaseFile(fixture.path).byteCount <= maximum * 12 / 10)
            let last = try makeEntry(number: UInt64(count - 1))
            #expect(await fixture.store.entry(for: last.key) != nil)
            #expect(await fixture.store.entry(for: try makeEntry(number: 0).key) == nil)
        }
    }

    @Test("one flipped bit anywhere in the file never crashes a look-up and never serves another answer")
    func bitFlips() async throws {
        var random = SystemRandomNumberGenerator()
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            let entries = try (0..<60).map { number in
                try makeEntry(
                    number: UInt64(number),
                    body: String(repeating: "answer \(number) ", count: 20 + 40 * (number % 30))
                )
            }
            try await withDatabase(at: path) { fixture in
                for entry in entries { fixture.store.insert(entry, lifetime: .seconds(60_000)) }
            }
            let whole = try bytes(ofFile: path)
            var served = 0
            for round in 0..<200 {
                var damaged = whole
                let position = Int.random(in: 0..<damaged.count, using: &random)
                damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try write(damaged, toFile: path)
                guard let reader = try? StoreReader(path: path) else { continue }
                for entry in entries {
                    guard case .entry(let found)? = try? await reader.row(for: entry.key) else { continue }
                    served += 1
                    #expect(found.answer == entry.answer, "round \(round), byte \(position)")
                }
            }
            #expect(served > 5_000)
        }
    }
}
