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
                #expect(await curation.marks()?.marks.isEmpty == true)
                #expect(await curation.keep(try Self.mark(1, .tombstone, reason: "old")))
                #expect(await curation.keep(try Self.mark(1, .pin(Self.answer), reason: "new")))
                #expect(await curation.keep(try Self.mark(2, .tombstone)))
                #expect(await curation.keep(try Self.mark(3, .tombstone)))
                #expect(await curation.remove(try makeEntry(number: 3).key))
                _ = await fixture.store.remove(.all)
            }
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                let marks = try #require(await fixture.database.curation.marks()).marks.sorted { $0.reason < $1.reason }
                #expect(marks.map(\.reason) == ["new", "why"])
                #expect(marks.map(\.kind) == [.pin(Self.answer), .tombstone])
                #expect(marks.map(\.author) == ["ops", "ops"])
                #expect(marks.map(\.time.milliseconds) == [1_790_000_000_123, 1_790_000_000_123])
                #expect(marks[0].key == (try makeEntry(number: 1).key))
            }
        }
    }

    @Test(
        "a row that was changed behind the ambassador's back forbids what is stored under its key",
        arguments: [
            ("pin", "kind = 'tombstone'"), ("pin", "kind = 'x'"), ("pin", "text = x'00'"), ("pin", "body = x'00'"),
            ("pin", "session_offsets = x'00'"), ("pin", "checksum = zeroblob(32)"), ("tombstone", "kind = 'pin'"),
            ("tombstone", "kind = 'tombstonf'"), ("tombstone", "checksum = x'00'"),
            ("tombstone", "kind = 'pin', body = x'7B7D', text = x'00', session_offsets = x''"),
        ]
    ) func damaged(kind: String, change: String) async throws {
        try await withDatabase { fixture in
            let curation = fixture.database.curation
            #expect(await curation.keep(try Self.mark(1, kind == "pin" ? .pin(Self.answer) : .tombstone)))
            #expect(await curation.keep(try Self.mark(2, .pin(Self.answer))))
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute("UPDATE curation SET \(change) WHERE rowid = 1")
            }
            let found = try #require(await curation.marks())
            #expect(found.lost == 0)
            let marks = found.marks.sorted { $0.isDamaged && !$1.isDamaged }
            #expect(marks.map(\.key) == [try makeEntry(number: 1).key, try makeEntry(number: 2).key])
            #expect(marks.map(\.kind) == [.tombstone, .pin(Self.answer)])
            #expect(marks.map(\.isDamaged) == [true, false])
            // Decided anew, it is whole again.
            #expect(await curation.keep(try Self.mark(1, .tombstone)))
            #expect(await curation.marks()?.marks.map(\.isDamaged) == [false, false])
        }
    }

    @Test("a row that does not tell its key is counted", arguments: ["scope = x'00'", "input_hash = zeroblob(31)"])
    func lost(change: String) async throws {
        try await withDatabase { fixture in
            #expect(await fixture.database.curation.keep(try Self.mark(1, .tombstone)))
            #expect(await fixture.database.curation.keep(try Self.mark(2, .tombstone)))
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute("UPDATE curation SET \(change) WHERE rowid = 1")
            }
            let found = try #require(await fixture.database.curation.marks())
            #expect(found.lost == 1)
            #expect(found.marks.map(\.key) == [try makeEntry(number: 2).key])
        }
    }

    @Test("an objection keeps a change from the disk, and what cannot be written is not applied") func refused()
        async throws
    {
        try await withDatabase { fixture in
            let curation = fixture.database.curation
            let mark = try Self.mark(1, .tombstone)
            let refused = await curation.make(.keep(mark), unless: { .noRoom }, apply: { Issue.record("applied") })
            #expect(refused == .noRoom)
            #expect(await curation.marks()?.marks.isEmpty == true)
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute("DROP TABLE curation")
            }
            let failed = await curation.make(.keep(mark), unless: { nil }, apply: { Issue.record("applied") })
            #expect(failed == .notKept)
        }
    }
}

extension CurationStore {
    fileprivate func keep(_ mark: CurationMark) async -> Bool {
        await self.make(.keep(mark), unless: { nil }, apply: {}) == .done
    }

    fileprivate func remove(_ key: CacheKey) async -> Bool {
        await self.make(.forget(key), unless: { nil }, apply: {}) == .done
    }
}
