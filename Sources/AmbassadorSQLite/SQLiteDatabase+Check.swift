#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SQLiteDatabase {
    /// Finds out whether a file could be opened for writing, without changing it.
    ///
    /// Nothing is made either, but behind a crash SQLite's index of the log that it left.
    ///
    /// Whether another process has it is not asked: that may be the ambassador whose configuration is checked. Blocks while it reads.
    ///
    /// - Throws: what ``open(_:metrics:clocks:logger:onCommitted:)`` would throw.
    package static func check(path: String) throws(SQLiteError) {
        let file = try DatabaseFile(path)
        // Its log and its lock are made beside it.
        let end = file.path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? file.path.utf8.startIndex
        let folder = String(Substring(file.path.utf8[..<end]))
        try Self.checkAccess(folder.isEmpty ? "/" : folder, W_OK | X_OK, of: file)
        switch file.kind {
        case .directory: throw .isDirectory(path: file.path)
        case .missing: return
        case .file: break
        }
        try Self.checkAccess(file.path, R_OK | W_OK, of: file)
        guard file.byteCount > 0 else { return }
        guard file.byteCount >= 512 else { throw .notADatabase(path: file.path) }
        do throws(SQLiteError) {
            let isAtRest = !file.hasLog && !FileLock.isHeld(forDatabase: file.path)
            let connection = try Connection(path: file.path, access: isAtRest ? .immutable : .readOnly)
            connection.setBusyTimeout(milliseconds: 1_000)
            try Migrator(path: file.path).checkKnown(connection)
        } catch {
            throw Self.explained(error, file)
        }
    }

    private static func checkAccess(_ path: String, _ mode: Int32, of file: DatabaseFile) throws(SQLiteError) {
        guard access(path, mode) != 0 else { return }
        throw .notWritable(path: file.path, reason: "\(path): \(FileLock.reason(errno))")
    }
}
