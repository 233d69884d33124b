import AmbassadorCore
import NIOCore
import Testing

@testable import AmbassadorSQLite

@Suite struct SQLiteCurationTests {
    private static func mark(_ number: UInt64, _ kind: CurationMark.Kind, reason: String = "why") throws -> CurationMark
    {
        CurationMark(
            key: try makeEntry(number: number).key,
            kind: kind,
            author: "ops",
            reason: reason,
            time: Timestamp(milliseconds: 1_790_000_000_123)
        )
    }

    private static let answer = Answer(
        body: ByteBuffer(string: #"{"session_id":"","text":"caf\u{E9}"}"#),
        sessionOffsets: [15],
        text: ByteBuffer(string: "caf\u{E9}")
    )

    @Test("what was decided outlives the process, its latest word") func restart() async throws {
        try await withTemporaryFolder { folder in
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                let curation = fixture.database.curation
                #expect(await curation.marks()?.isEmpty == true)
                #expect(await curation.keep(try Self.mark(1, .tombstone, reason: "old")))
                #expect(await curation.keep(try Self.mark(1, .pin(Self.answer), reason: "new")))
                #expect(await curation.keep(try Self.mark(2, .tombstone)))
                #expect(await curation.keep(try Self.mark(3, .tombstone)))
                #expect(await curation.remove(try makeEntry(number: 3).key))
                _ = await fixture.store.remove(.all)
            }
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                let marks = try #require(await fixture.database.curation.marks()).sorted { $0.reason < $1.reason }
                #expect(marks.map(\.reason) == ["new", "why"])
                #expect(marks.map(\.kind) == [.pin(Self.answer), .tombstone])
                #expect(marks.map(\.author) == ["ops", "ops"])
                #expect(marks.map(\.time.milliseconds) == [1_790_000_000_123, 1_790_000_000_123])
                #expect(marks[0].key == (try makeEntry(number: 1).key))
            }
        }
    }

    @Test(
        "a row that was changed behind the ambassador's back is not in force",
        arguments: [
            "kind = 'tombstone'", "kind = 'x'", "text = x'00'", "body = x'00'", "session_offsets = x'00'",
            "scope = x'00'", "input_hash = zeroblob(32)",
        ]
    ) func damaged(change: String) async throws {
        try await withDatabase { fixture in
            #expect(await fixture.database.curation.keep(try Self.mark(1, .pin(Self.answer))))
            #expect(await fixture.database.curation.keep(try Self.mark(2, .tombstone)))
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute("UPDATE curation SET \(change) WHERE kind = 'pin'")
            }
            #expect(await fixture.database.curation.marks()?.map(\.kind) == [.tombstone])
        }
    }
}
