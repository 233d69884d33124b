import AmbassadorCore
import Foundation
import NIOCore
import Testing

@testable import AmbassadorSQLite

@Suite struct AuditReaderTests {
    @Test("a filter finds the records that meet all of it, in order") func filters() async throws {
        try await withDatabase { fixture in
            let start = fixture.clock.now
            let trace = TraceID.random()
            try await fixture.record([
                try makeRecord(at: start, outcome: .hit),
                try makeRecord(at: start.advanced(by: .seconds(1)), outcome: .degraded),
                try makeRecord(at: start.advanced(by: .seconds(2)), tenant: "beta", outcome: .degraded),
                try makeRecord(at: start.advanced(by: .seconds(3)), flow: "other", outcome: .miss, traceID: trace),
                try makeRecord(at: start.advanced(by: .seconds(3)), flow: nil, outcome: .refused),
            ])
            let reader = try AuditReader(path: fixture.path)
            let cases: [(String, (inout AuditFilter) -> Void, [Int64])] = [
                ("all", { _ in }, [5, 4, 3, 2, 1]),
                ("oldest first", { $0.order = .oldestFirst }, [1, 2, 3, 4, 5]),
                ("limit", { $0.limit = 2 }, [5, 4]),
                ("no limit at all", { $0.limit = 0 }, []),
                ("flow", { $0.flow = try? flow("faq_qa") }, [3, 2, 1]),
                ("unknown flow", { $0.flow = try? flow("nobody") }, []),
                ("tenant", { $0.tenant = try? tenant("beta") }, [3]),
                ("outcomes", { $0.outcomes = [.hit, .refused] }, [5, 1]),
                ("since", { $0.since = start.advanced(by: .seconds(2)) }, [5, 4, 3]),
                ("until", { $0.until = start.advanced(by: .seconds(2)) }, [2, 1]),
                ("trace", { $0.traceID = trace }, [4]),
                ("unknown trace", { $0.traceID = .random() }, []),
                ("expression", { $0.expression = "outcome = 'degraded' AND tenant <> 'beta' -- why not" }, [2]),
                (
                    "together",
                    {
                        $0.flow = try? flow("faq_qa")
                        $0.outcomes = [.degraded]
                        $0.since = start
                        $0.limit = 1
                    }, [3]
                ),
            ]
            for (name, change, expected) in cases {
                var filter = AuditFilter()
                change(&filter)
                #expect(try ids(reader, filter) == expected, "\(name)")
            }
            #expect(try reader.records(traceID: trace).count == 1)
            #expect(try reader.record(id: 99) == nil)
        }
    }

    @Test("more records than a page come whole and in order, also where times are equal") func pages() async throws {
        try await withDatabase { fixture in
            let start = fixture.clock.now
            try await fixture.record(
                (0..<5_000).map { try makeRecord(at: start.advanced(by: .milliseconds($0 / 3_000))) }
            )
            let reader = try AuditReader(path: fixture.path)
            var filter = AuditFilter()
            #expect(try ids(reader, filter) == (1...5_000).reversed())
            filter.order = .oldestFirst
            filter.limit = 4_001
            #expect(try ids(reader, filter) == Array(1...4_001))
        }
    }

    @Test("the tail goes on where it was left") func tail() async throws {
        try await withDatabase { fixture in
            let reader = try AuditReader(path: fixture.path)
            #expect(try reader.lastID() == 0)
            var seen: [Int64] = []
            var last: Int64 = 0
            for round in 0..<3 {
                try await fixture.record([try makeRecord(), try makeRecord(outcome: .miss)])
                var filter = AuditFilter()
                if round == 1 { filter.outcomes = [.miss] }
                last = try reader.tail(after: last, filter) { row in
                    if case .integer(let id) = row[0] { seen.append(id) }
                    return true
                }
            }
            #expect(seen == [1, 2, 4, 5, 6])
            #expect(try reader.tail(after: last) { _ in true } == 6)
        }
    }

    @Test("the tail has each record once and by id, however the times at which requests began are mixed")
    func mixedTail() async throws {
        try await withDatabase { fixture in
            let reader = try AuditReader(path: fixture.path)
            let start = fixture.clock.now
            var seen: [Int64] = []
            var last: Int64 = 0
            for round in 0..<20 {
                // Every third request was slow: it began long before those that are recorded beside it.
                try await fixture.record(
                    (0..<1_000).map { number in
                        let began = round * 1_000 + number - (number % 3 == 0 ? 700 : 0)
                        return try makeRecord(at: start.advanced(by: .milliseconds(began)))
                    }
                )
                // Taken in looks of different lengths.
                var left = round % 2 == 0 ? 700 : .max
                last = try reader.tail(after: last) { row in
                    if case .integer(let id) = row[0] { seen.append(id) }
                    left -= 1
                    return left > 0
                }
            }
            _ = try reader.tail(after: last) { row in
                if case .integer(let id) = row[0] { seen.append(id) }
                return true
            }
            #expect(seen == Array(1...20_000))
        }
    }

    @Test("the newest records come from the oldest of them on, and whether there are more is told") func newest()
        async throws
    {
        try await withDatabase { fixture in
            let start = fixture.clock.now
            try await fixture.record(
                (0..<5_000).map { try makeRecord(at: start.advanced(by: .milliseconds(-($0 / 2)))) }
            )
            let reader = try AuditReader(path: fixture.path)
            // The later a record was written, the earlier its request began; of two of one time the one with the larger id is newer.
            let ascending = stride(from: 4_999, through: 1, by: -2).flatMap { [Int64($0), Int64($0) + 1] }
            for (limit, isCut) in [
                (1, true), (2, true), (3, true), (4_999, true), (5_000, false), (5_001, false), (nil, false),
            ]
                as [(Int?, Bool)]
            {
                var found: [Int64] = []
                let hasMore = try reader.newest(AuditFilter(), limit: limit) { row in
                    if case .integer(let id) = row[0] { found.append(id) }
                    return true
                }
                #expect(found == Array(ascending.suffix(limit ?? .max)))
                #expect(hasMore == isCut)
            }
            #expect(try reader.newestIDs(AuditFilter(), limit: 3) == [1, 2, 4])
            var filter = AuditFilter()
            filter.expression = "id % 2 = 0"
            var found: [Int64] = []
            let hasMore = try reader.newest(filter, limit: 2) { row in
                if case .integer(let id) = row[0] { found.append(id) }
                return true
            }
            #expect(found == [4, 2] && hasMore)
        }
    }

    @Test("the operator's own SQL sees the view") func sql() async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord(), try makeRecord(outcome: .miss), try makeRecord()])
            let reader = try AuditReader(path: fixture.path)
            var columns: [String] = []
            var rows: [[SQLiteValue]] = []
            try reader.query(
                sql:
                    "WITH a AS (SELECT * FROM audit) SELECT outcome, count(*) AS n FROM a GROUP BY outcome ORDER BY n;\n",
                columns: { columns = $0 },
                row: { row in
                    rows.append(row)
                    return true
                }
            )
            #expect(columns == ["outcome", "n"])
            #expect(rows == [[.text("miss"), .integer(1)], [.text("hit"), .integer(2)]])
        }
    }

    @Test(
        "SQL that does more than read is refused, and nothing happens",
        arguments: [
            "DELETE FROM audit_records", "DROP TABLE audit_records", "ATTACH 'FOLDER/b.db' AS b",
            "PRAGMA journal_mode = DELETE",
            "VACUUM INTO 'FOLDER/b.db'", "SELECT 1; DELETE FROM audit_records", "", ";", "BEGIN",
            "CREATE TEMP TABLE t (id)",
            "WITH a AS (SELECT 1) INSERT INTO counters SELECT 'a', 1", "REINDEX", "SELECT 1; SELECT 2",
        ]
    ) func refused(sql: String) async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord()])
            let folder = (fixture.path as NSString).deletingLastPathComponent
            let reader = try AuditReader(path: fixture.path)
            let error = #expect(throws: SQLiteError.self) {
                try reader.query(sql: sql.replacingOccurrences(of: "FOLDER", with: folder), columns: { _ in }) { _ in
                    true
                }
            }
            guard case .notReadOnly = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/b.db"))
            #expect(try fixture.count("audit_records") == 1)
        }
    }

    @Test("wrong SQL is told with its place") func wrong() async throws {
        try await withDatabase { fixture in
            let reader = try AuditReader(path: fixture.path)
            let error = #expect(throws: SQLiteError.self) {
                try reader.query(sql: "SELECT no_column FROM audit", columns: { _ in }) { _ in true }
            }
            guard case .engine(_, let message, let offset) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.contains("no such column: no_column"))
            #expect(offset == 7)
            var filter = AuditFilter()
            filter.expression = "latency_ms >"
            #expect(throws: SQLiteError.self) { try reader.query(filter) { _ in true } }
        }
    }

    @Test("a statement that does not end is stopped") func timeLimit() async throws {
        try await withDatabase { fixture in
            let reader = try AuditReader(path: fixture.path)
            #expect(throws: SQLiteError.timeLimit) {
                try reader.query(
                    sql: "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                    timeLimit: .milliseconds(1),
                    columns: { _ in },
                    row: { _ in true }
                )
            }
            #expect(try reader.lastID() == 0)
        }
    }

    @Test(
        "no filter that a flow, a trace or a time narrows reads the whole table",
        arguments: ["flow", "trace", "time", "flow and time", "tail", "where"]
    ) func plans(name: String) async throws {
        try await withDatabase { fixture in
            var filter = AuditFilter()
            switch name {
            case "flow": filter.flow = try flow("faq_qa")
            case "trace": filter.traceID = .random()
            case "time": filter.since = fixture.clock.now
            case "flow and time":
                filter.flow = try flow("faq_qa")
                filter.since = fixture.clock.now
            case "tail":
                filter.ids = 5...10
                filter.order = .asWritten
                filter.flow = try flow("faq_qa")
            default:
                filter.flow = try flow("faq_qa")
                filter.expression = "latency_ms > 2000 AND tenant = 'acme' AND outcome = 'hit'"
            }
            let steps = try AuditReader(path: fixture.path).plan(of: filter)
            #expect(steps.contains { $0.contains("SEARCH audit_records") }, "\(steps)")
            #expect(
                !steps.contains { $0.hasPrefix("SCAN") && !$0.contains("runs") && !$0.contains("CONSTANT") },
                "\(steps)"
            )
            if name.hasPrefix("flow") {
                #expect(steps.contains { $0.contains("audit_by_flow") }, "\(steps)")
                #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
            }
        }
    }

    @Test("a trace is found in whichever of the index's runs its records are, and in several") func runs() async throws
    {
        try await withDatabase { fixture in
            var records = try (0..<2_500).map { _ in try makeRecord() }
            let (trace, twice) = (TraceID.random(), TraceID.random())
            for place in [0, 1_022, 1_023, 1_024, 2_047, 2_499] { records[place].traceID = trace }
            for place in [500, 2_100] { records[place].traceID = twice }
            try await fixture.record(records)
            let reader = try AuditReader(path: fixture.path)
            #expect(try ids(reader, traceID: trace) == [1, 1_023, 1_024, 1_025, 2_048, 2_500])
            #expect(try ids(reader, traceID: twice) == [501, 2_101])
            #expect(try ids(reader, traceID: .random()) == [])
        }
    }

    private func ids(_ reader: AuditReader, traceID: TraceID) throws -> [Int64] {
        var filter = AuditFilter()
        filter.traceID = traceID
        filter.order = .oldestFirst
        return try ids(reader, filter)
    }

    @Test("a missing file is told, and none is made") func missing() async throws {
        try await withTemporaryFolder { folder async throws in
            for path in [folder + "/a.db", folder + "/no/a.db"] {
                #expect(throws: SQLiteError.notFound(path: path)) { _ = try AuditReader(path: path) }
                #expect(throws: SQLiteError.notFound(path: path)) { _ = try EntryReader(path: path) }
            }
            #expect(throws: SQLiteError.self) { _ = try AuditReader(path: folder) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("a file at rest is read without making files, whatever its name") func atRest() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a %3f?#é.db"
            try await withDatabase(at: path) { try await $0.record([try makeRecord()]) }
            for suffix in ["-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            #expect(try AuditReader(path: path).lastID() == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        }
    }

    @Test("what a killed process had committed is read") func afterCrash() async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord(), try makeRecord()])
            // A copy taken while the log holds the commits is what a kill leaves.
            let copy = (fixture.path as NSString).deletingLastPathComponent + "/copy.db"
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: fixture.path + suffix, toPath: copy + suffix)
            }
            #expect(try AuditReader(path: copy).lastID() == 2)
            try await withDatabase(at: copy) { fixture async throws in #expect(try fixture.count("audit_records") == 2)
            }
        }
    }

    private func ids(_ reader: AuditReader, _ filter: AuditFilter) throws -> [Int64] {
        var ids: [Int64] = []
        try reader.query(filter) { row in
            if case .integer(let id) = row[0] { ids.append(id) }
            return true
        }
        return ids
    }
}
