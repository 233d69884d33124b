import AmbassadorCore
import Foundation
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
