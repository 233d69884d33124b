/// The room that a migration takes on the disk of the file.
struct MigrationRoom: Sendable {
    /// What little everything takes.
    private static let bytesMin = 16 << 20

    /// The bytes that are written anew, roughly.
    let bytes: Int

    /// The bytes of the write-ahead log at its longest: what is written, and the pages of what it replaces, which are wiped.
    var logBytes: Int { 2 * self.bytes }

    /// The bytes that must be free: the log, and what the file grows by before the old pages are used again.
    var needed: Int { self.logBytes + self.bytes + self.bytes / 4 + Self.bytesMin }

    /// - Throws: ``SQLiteError/noRoom(path:migration:needed:free:)``
    func check(_ migration: String, _ file: DatabaseFile) throws(SQLiteError) {
        guard let free = file.freeByteCount, free < self.needed else { return }
        throw .noRoom(path: file.path, migration: migration, needed: self.needed, free: free)
    }

    /// Says what a disk that was full all the same, by a quota or another program, would have needed.
    func explained(_ error: SQLiteError, _ migration: String, _ file: DatabaseFile) -> SQLiteError {
        guard case .engine(let code, _, _) = error, code.primary == ResultCode.full.rawValue else { return error }
        return .noRoom(path: file.path, migration: migration, needed: self.needed, free: file.freeByteCount ?? 0)
    }
}
