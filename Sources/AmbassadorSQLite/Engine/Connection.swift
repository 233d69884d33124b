import CSQLite
import NIOCore

/// An open SQLite file.
///
/// Opened without SQLite's own mutexes: used on one thread, or one serial executor, only.
final class Connection {
    /// What a connection may do with the file.
    enum Access {
        /// Reads and writes; makes the file where there is none.
        case readWrite
        /// Reads a file that others may be writing.
        case readOnly
        /// Reads a file that nobody is writing, without locks and without making files beside it.
        case immutable
    }

    /// How far a checkpoint goes.
    enum Checkpoint {
        /// Copies what no reader needs, waits for nobody.
        case passive
        /// Waits for readers as long as the busy timeout and empties the log file.
        case truncate
        /// The same where no reader has to be waited for.
        case truncateAtOnce
    }

    /// Keeps SQLite from counting the bytes that it has, which takes a lock at each allocation; a twentieth of what a record costs.
    ///
    /// Refused once SQLite is in use, which harms nobody.
    private static let countsNoMemory: Void = { _ = ambassador_count_memory(0) }()

    let handle: OpaquePointer
    // What SQLite's callbacks write and read lives as long as the handle.
    private let logPages: UnsafeMutablePointer<Int32>
    let limiter: ReadLimiter
    private var busyTimeout: Int32 = 0

    /// Opens a file by its absolute path, so that no file's name is taken for a URI or for `:memory:`.
    init(path: String, access: Access) throws(SQLiteError) {
        _ = Self.countsNoMemory
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var name = path
        switch access {
        case .readWrite:
            flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .readOnly:
            flags |= SQLITE_OPEN_READONLY
        case .immutable:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = Self.uri(ofImmutable: path)
        }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = Self.error(code, opened)
            sqlite3_close_v2(opened)
            throw error
        }
        self.handle = opened
        self.logPages = .allocate(capacity: 1)
        self.logPages.initialize(to: 0)
        self.limiter = ReadLimiter(log: path + "-wal")
        // A file is data, not code: triggers and views of a tampered file must not reach functions with side effects.
        _ = ambassador_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1)
        _ = ambassador_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        if access != .readWrite {
            _ = ambassador_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        }
    }

    deinit {
        // Statements keep their connection, so none is left here.
        sqlite3_close_v2(self.handle)
        self.logPages.deallocate()
    }

    /// The version of the library that runs.
    static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// The version as SQLite numbers it: 3051003 is 3.51.3.
    static var libraryVersionNumber: Int { Int(sqlite3_libversion_number()) }

    /// Runs SQL of any number of statements and forgets their rows.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(self.handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw self.error(code) }
    }

    /// Compiles one statement that is used many times.
    func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(sql, on: self)
    }

    /// The first column of the first row, or `nil` where there is no row or nothing in it.
    func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try self.prepare(sql)
        return try statement.step() ? statement.optionalInteger(at: 0) : nil
    }

    /// Runs `body` in a writing transaction, which is rolled back where it throws.
    func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        try self.begin()
        do throws(SQLiteError) {
            let result = try body()
            try self.commit()
            return result
        } catch {
            self.rollBack()
            throw error
        }
    }

    /// Opens a writing transaction, for the statements that come until it is committed or rolled back.
    func begin() throws(SQLiteError) {
        try self.execute("BEGIN IMMEDIATE")
    }

    func commit() throws(SQLiteError) {
        try self.execute("COMMIT")
    }

    /// Undoes what the open transaction did, if one is open.
    func rollBack() {
        // On a full disk and the like SQLite has rolled back by itself. Where a rollback fails, the next BEGIN does too and says so.
        if self.isInTransaction { try? self.execute("ROLLBACK") }
    }

    /// Whether a transaction is open; SQLite ends one by itself on some errors.
    var isInTransaction: Bool { sqlite3_get_autocommit(self.handle) == 0 }

    /// The rows that the last statement changed.
    var changes: Int { Int(sqlite3_changes64(self.handle)) }

    var isReadOnly: Bool { sqlite3_db_readonly(self.handle, "main") == 1 }

    func setBusyTimeout(milliseconds: Int) {
        self.busyTimeout = Int32(clamping: milliseconds)
        sqlite3_busy_timeout(self.handle, self.busyTimeout)
    }

    /// Starts to count the pages of the write-ahead log at each commit.
    func countLogPages() {
        sqlite3_wal_hook(
            self.handle,
            { context, _, _, pages in
                context?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            },
            self.logPages
        )
    }

    /// The pages of the write-ahead log after the last commit or checkpoint.
    var logPageCount: Int { Int(self.logPages.pointee) }

    /// Copies the write-ahead log into the file.
    ///
    /// - Returns: whether all of it was copied.
    func checkpoint(_ mode: Checkpoint) throws(SQLiteError) -> Bool {
        var pages: Int32 = 0
        var copied: Int32 = 0
        let kind =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate, .truncateAtOnce: SQLITE_CHECKPOINT_TRUNCATE
            }
        if case .truncateAtOnce = mode { sqlite3_busy_timeout(self.handle, 0) }
        defer { sqlite3_busy_timeout(self.handle, self.busyTimeout) }
        let code = sqlite3_wal_checkpoint_v2(self.handle, nil, kind, &pages, &copied)
        guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else { throw self.error(code) }
        if pages == copied { self.logPages.pointee = 0 }
        return code == SQLITE_OK && pages == copied
    }

    /// Lets statements that are compiled from now on read tables and call functions, and nothing else.
    ///
    /// `sqlite3_stmt_readonly` alone lets `ATTACH` through, which makes files.
    func allowReadingOnly() {
        sqlite3_set_authorizer(
            self.handle,
            { _, action, _, _, _, _ in
                switch action {
                case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE: SQLITE_OK
                default: SQLITE_DENY
                }
            },
            nil
        )
    }

    /// The error of the call that has just failed.
    func error(_ code: Int32) -> SQLiteError {
        Self.error(code, self.handle)
    }

    private static func error(_ code: Int32, _ handle: OpaquePointer?) -> SQLiteError {
        guard code & 0xFF != SQLITE_INTERRUPT else { return .timeLimit }
        let message = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? ""
        let offset = handle.map { Int(sqlite3_error_offset($0)) } ?? -1
        return .engine(ResultCode(rawValue: code), message: message, offset: offset < 0 ? nil : offset)
    }

    private static func uri(ofImmutable path: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16)
                uri += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return uri + "?immutable=1"
    }
}
