/// The files of a running store, as they were when it was opened.
///
/// SQLite goes on writing to a file that no name leads to any more, and what it writes is lost with the process; meanwhile another
/// process may begin anew under the name.
struct StoreFiles: Sendable {
    private struct Named: Sendable {
        let path: String
        let identity: FileIdentity
    }

    private let named: [Named]

    /// Notes which files the names lead to; the lock is held and the file is open.
    init(_ file: DatabaseFile, lock: FileLock) throws(SQLiteError) {
        var named = try lock.identities.map { path, identity throws(SQLiteError) in
            guard let identity else { throw .filesLost(path: path) }
            return Named(path: path, identity: identity)
        }
        // Without its log the file lacks commits, and without the index of the log others read past it.
        for path in [file.path + "-wal", file.path + "-shm"] {
            if let identity = FileIdentity(path: path) { named.append(Named(path: path, identity: identity)) }
        }
        self.named = named
    }

    /// Asks the file system, in a few microseconds, whether every name still leads to its file.
    ///
    /// - Throws: ``SQLiteError/filesLost(path:)`` with the first one that does not.
    func check() throws(SQLiteError) {
        for named in self.named where FileIdentity(path: named.path) != named.identity {
            throw .filesLost(path: named.path)
        }
    }
}
