/// What went wrong with the SQLite file.
package enum SQLiteError: Error, Sendable, Equatable {
    /// SQLite refused; `message` is its own words and holds no values, `offset` the byte of the SQL at fault where it knows one.
    case engine(ResultCode, message: String, offset: Int?)
    case notFound(path: String)
    case isDirectory(path: String)
    case notADatabase(path: String)
    /// A SQLite file that another program made.
    case foreignDatabase(path: String)
    case notWritable(path: String, reason: String)
    /// Another process has the file open; `holder` is what it says about itself.
    case inUse(path: String, holder: String)
    /// The file has so many names, by hard links.
    case severalNames(path: String, count: Int)
    /// The file itself is mounted, and not the folder that it is in.
    case mountedFile(path: String)
    /// The name of one of the store's files leads to another file than the open one, or to none.
    case filesLost(path: String)
    /// The file was written by a newer version, whose migration this one does not know.
    case newerSchema(path: String, migration: String)
    /// A migration that was applied is not the one that this version carries.
    case changedMigration(path: String, migration: String)
    /// The file lacks migrations of this version and was opened for reading only.
    case olderSchema(path: String, migration: String)
    /// The disk has not the room, in bytes, that a migration takes.
    case noRoom(path: String, migration: String, needed: Int, free: Int)
    /// The SQL may not be run here: it writes, attaches, or is more than one statement.
    case notReadOnly(reason: String)
    /// The statement took longer than its time limit.
    case timeLimit
}

extension SQLiteError: CustomStringConvertible {
    /// One sentence that says what is wrong and what to do.
    package var description: String {
        switch self {
        case .engine(let code, let message, let offset):
            "SQLite: \(message) (\(code))" + (offset.map { ", at byte \($0) of the SQL" } ?? "")
        case .notFound(let path):
            "\(path) does not exist: name the file of the store that the ambassador uses"
        case .isDirectory(let path):
            "\(path) is a directory: name a file in it"
        case .notADatabase(let path):
            "\(path) is not a SQLite database: move it away or name another file; it was left as it is"
        case .foreignDatabase(let path):
            "\(path) is a SQLite database of another program: name another file; it was left as it is"
        case .notWritable(let path, let reason):
            "\(path) cannot be opened for writing (\(reason)): check the folder, its permissions and the file's owner"
        case .inUse(let path, let holder):
            "\(path) is in use by another ambassador (\(holder)): stop it, or give this one a file of its own"
        case .severalNames(let path, let count):
            """
            \(path) has \(count) names (hard links), and by each of them SQLite keeps another write-ahead log, which damages the file: \
            remove the other names, or give this one a copy (cp, not cp -l)
            """
        case .mountedFile(let path):
            """
            \(path) is mounted as a single file, so that its write-ahead log would be left behind beside the mount: mount the \
            folder that it is in
            """
        case .filesLost(let path):
            """
            \(path) was removed, moved or replaced while the ambassador has it open, so that what is written would be lost: put it \
            back as it was, or restart the ambassador, which then begins with what is there
            """
        case .newerSchema(let path, let migration):
            "\(path) was written by a newer version (migration \(migration)): use that version or another file"
        case .changedMigration(let path, let migration):
            "\(path) was made with another text of migration \(migration): use the version that made it or another file"
        case .olderSchema(let path, let migration):
            "\(path) lacks migration \(migration): start the ambassador once with this version, it brings the file up to date"
        case .noRoom(let path, let migration, let needed, let free):
            """
            \(path) must be brought up to date (migration \(migration)), for which its disk needs about \(Self.mebibytes(needed)) MiB \
            and has \(Self.mebibytes(free)): make room, or move the file to a larger disk; nothing of the migration was kept
            """
        case .notReadOnly(let reason):
            "only one reading statement may be run here: \(reason)"
        case .timeLimit:
            """
            the statement was stopped at its time limit, a tenth of which it has while the ambassador's write-ahead log is over 64 MiB: \
            narrow it down by time or flow
            """
        }
    }
    private static func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }
}
