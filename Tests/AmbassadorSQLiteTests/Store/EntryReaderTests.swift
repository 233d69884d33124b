import AmbassadorCore
import Testing

@testable import AmbassadorSQLite

@Suite struct EntryReaderTests {
    @Test("entries are listed newest first, by tenant, flow and age") func list() async throws {
        try await withDatabase { fixture in
            let start = fixture.clock.now
            for number in 1...1_200 {
                let entry = try makeEntry(
                    tenant: number % 2 == 0 ? "acme" : "beta",
                    target: number % 3 == 0 ? "faq_qa" : "other",
                    number: UInt64(number),
                    input: "input \(number)",
                    storedAt: start.advanced(by: .milliseconds(number / 2))
                )
                fixture.store.insert(entry, lifetime: .seconds(60_000))
            }
            try await fixture.settle()
            let reader = try EntryReader(path: fixture.path)
            let cases: [(String, (inout EntryReader.Filter) -> Void, Int)] = [
                ("all", { _ in }, 1_200),
                ("limit", { $0.limit = 7 }, 7),
                ("tenant", { $0.tenant = try? tenant("acme") }, 600),
                ("flow", { $0.target = try? flow("faq_qa") }, 400),
                ("before", { $0.storedBefore = start.advanced(by: .milliseconds(100)) }, 199),
                (
                    "together",
                    {
                        $0.tenant = try? tenant("acme")
                        $0.target = try? flow("faq_qa")
                    }, 200
                ),
            ]
            for (name, change, expected) in cases {
                var filter = EntryReader.Filter()
                change(&filter)
                var found: [EntryReader.Summary] = []
                try reader.list(filter) { summary in
                    found.append(summary)
                    return true
                }
                #expect(found.count == expected, "\(name)")
                #expect(Set(found.map(\.key)).count == expected, "\(name)")
                #expect(zip(found, found.dropFirst()).allSatisfy { $0.storedAt >= $1.storedAt }, "\(name)")
            }
        }
    }

    @Test("an entry is shown whole, and not at all where it is damaged") func show() async throws {
        try await withDatabase { fixture in
            let entry = try makeEntry()
            fixture.store.insert(entry, lifetime: .seconds(60))
            try await fixture.settle()
            let reader = try EntryReader(path: fixture.path)
            #expect(try reader.entry(for: entry.key)?.answer == entry.answer)
            #expect(try reader.entry(for: try makeEntry(number: 2).key) == nil)
            try fixture.connect().execute("UPDATE entries SET body = x'00'")
            #expect(try reader.entry(for: entry.key) == nil)
        }
    }

    @Test("the counts are those of the file") func stats() async throws {
        try await withDatabase { fixture in
            let reader = try EntryReader(path: fixture.path)
            #expect(try reader.stats().entries == 0)
            #expect(try reader.stats().oldestStoredAt == nil)
            for number in 1...3 {
                fixture.store.insert(try makeEntry(number: UInt64(number)), lifetime: .seconds(60))
            }
            try await fixture.record([try makeRecord()])
            let stats = try reader.stats()
            #expect(stats.entries == 3)
            #expect(stats.auditRecords == 1)
            #expect(stats.entryBytes > 0)
            #expect(stats.oldestStoredAt == Timestamp(milliseconds: 1_790_000_000_000))
        }
    }
}
