import AmbassadorCore
import AmbassadorTesting
import Foundation
import Logging
import NIOCore
import Testing

@testable import AmbassadorSQLite

@Suite struct MigratorTests {
    @Test("a fresh file gets every migration, recorded by name and digest") func fresh() async throws {
        try await withDatabase { fixture in
            let rows = try fixture.connect().prepare("SELECT name, sha256 FROM schema_migrations ORDER BY name")
            var names: [String] = []
            while try rows.step() {
                names.append(rows.text(at: 0))
                #expect(rows.text(at: 1).utf8.count == 64)
            }
            #expect(names == Migration.all.map(\.name))
        }
    }

    @Test("a file that is up to date is opened as it is") func second() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            try await withDatabase(at: path) { fixture in
                fixture.store.insert(try makeEntry(), lifetime: .seconds(60_000))
            }
            try await withDatabase(at: path) { fixture async throws in
                #expect(await fixture.store.entry(for: try makeEntry().key) != nil)
                #expect(try fixture.count("schema_migrations") == Migration.all.count)
            }
        }
    }

    @Test("the list in the binary equals the folder, byte for byte") func listEqualsFolder() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
            .sorted()
        #expect(files == Migration.all.map { $0.name + ".sql" })
        for migration in Migration.all {
            let bytes = try Data(contentsOf: folder.appendingPathComponent(migration.name + ".sql"))
            #expect(Array(bytes) == migration.sql)
        }
    }

    @Test("an older file gets what it lacks") func older() async throws {
        try await withTemporaryFolder { folder in
            let connection = try Connection(path: folder + "/a.db", access: .readWrite)
            let first = Migrator(migrations: Array(Migration.all.prefix(1)), path: folder + "/a.db")
            try first.migrate(connection, at: Timestamp(milliseconds: 1))
            #expect(throws: SQLiteError.olderSchema(path: folder + "/a.db", migration: Migration.all[1].name)) {
                _ = try AuditReader(path: folder + "/a.db")
            }
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                #expect(try fixture.count("schema_migrations") == Migration.all.count)
            }
        }
    }

    @Test("entries and records of a file from before they were put in order are found, and new ones beside them")
    func ordering() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            let entries = try (1...40).map { try makeEntry(number: $0, body: #"{"n":\#($0)}"#) }
            let trace = TraceID.random()
            try Self.writeUnordered(entries, trace: trace, to: path)
            try await withDatabase(at: path) { fixture async throws in
                for entry in entries {
                    let found = try #require(await fixture.store.entry(for: entry.key))
                    #expect(found.answer == entry.answer)
                }
                let newer = try makeEntry(
                    number: 7,
                    body: #"{"n":"newer"}"#,
                    storedAt: Timestamp(milliseconds: 1_790_000_000_001)
                )
                fixture.store.insert(newer, lifetime: .seconds(60_000))
                fixture.store.insert(try makeEntry(number: 41), lifetime: .seconds(60_000))
                try await fixture.settle()
                #expect(await fixture.store.entry(for: newer.key)?.answer == newer.answer)
                #expect(try fixture.count("entries") == 41)
                #expect(try fixture.connect().integer("SELECT max(id) FROM entries") == 42)
                #expect(try AuditReader(path: path).records(traceID: trace).count == 1)
            }
        }
    }

    /// Writes as it was done before entries were in the order in which they come.
    private static func writeUnordered(_ entries: [CacheEntry], trace: TraceID, to path: String) throws {
        let connection = try Connection(path: path, access: .readWrite)
        let before = Migrator(migrations: Array(Migration.all.prefix(7)), path: path)
        try before.migrate(connection, at: Timestamp(milliseconds: 1))
        // All but the sixteenth, which was not there.
        let columns = EntryRow.columns.replacing(", forbids_stale", with: "")
        let values = (Array(1...15) + [17, 18, 19]).map { "?\($0)" }.joined(separator: ", ")
        let insert = try connection.prepare(
            "INSERT INTO entries (\(columns), id, expires_at, size) VALUES (\(values))"
        )
        for entry in entries {
            let expiresAt = Timestamp(milliseconds: 1_890_000_000_000)
            EntryRow.bind(entry, expiresAt: expiresAt, size: EntryRow.size(of: entry), to: insert)
            try insert.run()
        }
        let record = try connection.prepare(
            """
            INSERT INTO audit_records (
                time, trace_high, trace_low, node, route, tenant, outcome, status, total_us, upstream_us, attempts,
                request_bytes, response_bytes, cost_nanos, saved_nanos
            ) VALUES (1790000000000, ?, ?, 1, 40, 1, 1, 200, 1, 0, 0, 1, 1, 0, 0)
            """
        )
        record.bind(bits: trace.high, at: 1)
        record.bind(bits: trace.low, at: 2)
        try record.run()
    }

    @Test(
        "from every earlier version, records and answers are there afterwards, and progress was said",
        arguments: 1..<Migration.all.count
    )
    func fromEveryVersion(version: Int) async throws {
        try await withTemporaryFolder { folder in
            let file = try DatabaseFile(folder + "/a.db")
            let connection = try Connection(path: file.path, access: .readWrite)
            try connection.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
            let before = Migrator(migrations: Array(Migration.all.prefix(version)), path: file.path)
            try before.migrate(connection, at: Timestamp(milliseconds: 1))
            try Self.fill(connection, version: version, rows: 500)
            let lines = LogLines()
            try Migrator(path: file.path).migrate(
                connection,
                at: Timestamp(milliseconds: 2),
                file: file,
                logger: Logger(label: "test", factory: { _ in lines.handler })
            )
            #expect(try connection.integer("SELECT count(*) FROM entries") == 500)
            #expect(try connection.integer("SELECT count(*) FROM schema_migrations") == Int64(Migration.all.count))
            if version >= 2 { #expect(try connection.integer("SELECT count(*) FROM audit_records") == 500) }
            for migration in Migration.all.dropFirst(version) {
                #expect(lines.all.contains { $0.hasPrefix("the store is brought up") && $0.contains(migration.name) })
                #expect(lines.all.contains { $0.hasPrefix("a migration of the store") && $0.contains(migration.name) })
            }
            let ended = lines.all.filter { !$0.hasPrefix("the store is being brought") }
            #expect(ended.count == 2 * (Migration.all.count - version))
            #expect(!file.hasLog)
        }
    }

    @Test("a migration says what it writes before it begins, and how far it is") func progress() async throws {
        try await withTemporaryFolder { folder in
            let file = try DatabaseFile(folder + "/a.db")
            try write([UInt8](repeating: 0, count: 500), toFile: file.path + "-wal")
            let lines = LogLines()
            let progress = MigrationProgress(
                "0009_x",
                of: file,
                room: MigrationRoom(bytes: 1_000),
                logger: Logger(label: "test", factory: { _ in lines.handler }),
                interval: .milliseconds(1)
            )
            try await eventually("said") { lines.all.count > 2 }
            progress.end()
            #expect(lines.all.first?.contains("bytes_to_write=1000") == true)
            #expect(lines.all[1].contains("log_bytes=500") && lines.all[1].contains("percent=25"))
            #expect(lines.all.last?.hasPrefix("a migration of the store has ended") == true)
        }
    }

    @Test("what a migration needs is looked for before it begins, and named") func room() async throws {
        try await withTemporaryFolder { folder in
            let file = try DatabaseFile(folder + "/a.db")
            try file.create()
            try MigrationRoom(bytes: 0).check("m", file)
            let room = MigrationRoom(bytes: 1 << 50)
            let error = #expect(throws: SQLiteError.self) { try room.check("0009_order_entries", file) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("0009_order_entries") && text.contains("\(room.needed >> 20) MiB"))
            let full = SQLiteError.engine(.full, message: "database or disk is full", offset: nil)
            guard case .noRoom = room.explained(full, "m", file) else {
                Issue.record("a full disk is not explained")
                return
            }
            #expect(room.explained(.timeLimit, "m", file) == .timeLimit)
        }
    }

    /// Fills a file of an earlier version with as many answers and records.
    private static func fill(_ connection: Connection, version: Int, rows: Int) throws {
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))"
        let key = version >= 9 ? "key, " : ""
        let keyValue = version >= 9 ? "i, " : ""
        try connection.execute(
            """
            \(numbers) INSERT INTO entries (
                \(key)stored_at, expires_at, size, tenant, target, scope, input_hash, checksum, upstream_us, session_offsets, text, body
            ) SELECT \(keyValue)i, i + 1, 400, 'acme', 'faq', zeroblob(16), zeroblob(32), zeroblob(32), 1, x'', x'00', zeroblob(300) FROM n
            """
        )
        guard version >= 2 else { return }
        try connection.execute(
            """
            \(numbers) INSERT INTO audit_records (
                time, trace_high, trace_low, node, route, tenant, outcome, status, total_us, upstream_us, attempts,
                request_bytes, response_bytes, cost_nanos, saved_nanos
            ) SELECT i, 1, random(), 1, 40, 1, 1, 200, 1, 0, 0, 1, 1, 0, 0 FROM n
            """
        )
    }

    @Test("a migration that fails leaves nothing behind") func failing() async throws {
        try await withTemporaryFolder { folder in
            let connection = try Connection(path: folder + "/a.db", access: .readWrite)
            let bad = Migration(name: "0001_bad", sql: Array("CREATE TABLE half (id); CREATE TABLE half (id);".utf8))
            #expect(throws: SQLiteError.self) {
                try Migrator(migrations: [bad], path: folder).migrate(connection, at: Timestamp(milliseconds: 1))
            }
            #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 0)
            #expect(!connection.isInTransaction)
        }
    }

    @Test(
        "an applied migration that is changed or unknown stops the start",
        arguments: [
            (
                "UPDATE schema_migrations SET sha256 = 'x' WHERE name = '0001_create_entries'", "0001_create_entries",
                false
            ),
            ("UPDATE schema_migrations SET sha256 = 'x' WHERE name = '0002_create_audit'", "0002_create_audit", false),
            ("DELETE FROM schema_migrations WHERE name = '0001_create_entries'", "0002_create_audit", false),
            ("INSERT INTO schema_migrations VALUES ('9999_later', 'x', 1)", "9999_later", true),
        ]
    ) func tampered(sql: String, migration: String, isNewer: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { _ in }
            try Connection(path: path, access: .readWrite).execute(sql)
            let expected: SQLiteError =
                isNewer
                ? .newerSchema(path: path, migration: migration) : .changedMigration(path: path, migration: migration)
            await #expect(throws: expected) { try await withDatabase(at: path) { _ in } }
        }
    }
}
