import AmbassadorCore
import Crypto
import Logging

/// Brings a file to the schema of this version; forward only.
///
/// Each migration runs in a transaction of its own, together with the line that records its name and its SHA-256.
struct Migrator {
    var migrations = Migration.all
    let path: String

    /// Applies what the file lacks, and says so where there is anything in it.
    ///
    /// - Parameters:
    ///   - connection: writes to the file; nobody else does.
    ///   - now: is recorded with each migration.
    ///   - file: the file, whose disk must have room.
    ///   - logger: told what is done, and once a second how far it is.
    /// - Throws: ``SQLiteError/noRoom(path:migration:needed:free:)`` before anything is changed by the migration that lacks it.
    func migrate(
        _ connection: Connection,
        at now: Timestamp,
        file: DatabaseFile,
        logger: Logger
    ) throws(SQLiteError) {
        let applied = try self.check(connection)
        guard applied > 0 else { return try self.migrate(connection, from: 0, at: now) }
        for (number, migration) in self.migrations.enumerated().dropFirst(applied) {
            // What a run before has left in the log takes room, and is not counted as progress.
            _ = try connection.checkpoint(.truncate)
            let bytes = try migration.rewrites.map { query throws(SQLiteError) in try connection.integer(query) } ?? nil
            let room = MigrationRoom(bytes: Int(bytes ?? 0))
            try room.check(migration.name, file)
            let progress = MigrationProgress(migration.name, of: file, room: room, logger: logger)
            defer { progress.end() }
            do throws(SQLiteError) {
                try Self(migrations: Array(self.migrations.prefix(number + 1)), path: self.path)
                    .migrate(connection, from: number, at: now)
                _ = try connection.checkpoint(.truncate)
            } catch {
                throw room.explained(error, migration.name, file)
            }
        }
    }

    /// Applies the migrations from a number on.
    func migrate(_ connection: Connection, from applied: Int = 0, at now: Timestamp) throws(SQLiteError) {
        for migration in self.migrations.dropFirst(applied) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute(Self.journal)
                try connection.execute(String(decoding: migration.sql, as: UTF8.self))
                let record = try connection.prepare("INSERT INTO schema_migrations VALUES (?, ?, ?)")
                record.bind(migration.name, at: 1)
                record.bind(Self.digest(migration.sql), at: 2)
                record.bind(now.milliseconds, at: 3)
                try record.run()
            }
        }
    }

    /// Checks that the file is empty or one of ours, and not newer than this version.
    func checkKnown(_ connection: Connection) throws(SQLiteError) {
        _ = try self.check(connection)
    }

    /// Checks that the file has all migrations, for those who only read.
    func checkCurrent(_ connection: Connection) throws(SQLiteError) {
        let applied = try self.check(connection)
        if applied < self.migrations.count {
            throw .olderSchema(path: self.path, migration: self.migrations[applied].name)
        }
    }

    /// Checks that what was applied is the beginning of what this version knows.
    ///
    /// - Returns: how many migrations were applied.
    private func check(_ connection: Connection) throws(SQLiteError) -> Int {
        let tables = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        guard tables > 0 else { return 0 }
        let journals = try connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'")
        guard journals == 1 else { throw .foreignDatabase(path: self.path) }
        let rows = try connection.prepare("SELECT name, sha256 FROM schema_migrations ORDER BY name")
        var applied = 0
        while try rows.step() {
            let name = rows.text(at: 0)
            guard let position = self.migrations.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                throw .newerSchema(path: self.path, migration: name)
            }
            guard position == applied, Self.digest(self.migrations[position].sql) == rows.text(at: 1) else {
                throw .changedMigration(path: self.path, migration: name)
            }
            applied += 1
        }
        return applied
    }

    private static func digest(_ sql: [UInt8]) -> String {
        SHA256.hash(data: sql).map { byte in
            String(decoding: [HexDigits.digit(byte >> 4), HexDigits.digit(byte & 0xF)], as: UTF8.self)
        }.joined()
    }

    private static let journal = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            name TEXT PRIMARY KEY,
            sha256 TEXT NOT NULL,
            applied_at INTEGER NOT NULL
        ) STRICT
        """
}
