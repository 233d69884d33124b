/// Opens the file of an ambassador that may be running, for reading only.
enum ReadingConnection {
    static func open(path: String) throws(SQLiteError) -> Connection {
        let file = try Self.existing(path)
        do throws(SQLiteError) {
            // A reader of a write-ahead log needs the files beside it and would make them. Where nobody writes and the
            // log is empty, the file alone holds everything.
            let isAtRest = !file.hasLog && !FileLock.isHeld(forDatabase: file.path)
            let connection = try Connection(path: file.path, access: isAtRest ? .immutable : .readOnly)
            connection.setBusyTimeout(milliseconds: 1_000)
            try connection.execute("PRAGMA query_only = 1; PRAGMA temp_store = MEMORY")
            try Migrator(path: file.path).checkCurrent(connection)
            return connection
        } catch {
            throw SQLiteDatabase.explained(error, file)
        }
    }

    private static func existing(_ path: String) throws(SQLiteError) -> DatabaseFile {
        let file: DatabaseFile
        do throws(SQLiteError) {
            file = try DatabaseFile(path)
        } catch {
            throw .notFound(path: path)
        }
        switch file.kind {
        case .missing: throw .notFound(path: path)
        case .directory: throw .isDirectory(path: file.path)
        case .file: return file
        }
    }
}
