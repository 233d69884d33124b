import AmbassadorCore
import Dispatch
import NIOCore

/// A reading connection with an executor of its own, so that a slow disk holds up neither event loops nor tasks.
actor StoreReader {
    private let executor: SerialQueueExecutor
    private let connection: Connection
    private let find: Statement
    private let page: Statement

    /// What a look-up takes at most; to count the rows of a full disk's worth takes seconds.
    private static let timeLimit: TimeAmount = .seconds(10)

    /// So many that a look-up which comes meanwhile waits for about a millisecond.
    private static let pageKeys = 4_096

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    init(path: String) throws(SQLiteError) {
        // Without memory mapping: a page that the disk fails to read is then an error, and not a SIGBUS.
        let connection = try Connection(path: path, access: .readOnly)
        try connection.execute("PRAGMA query_only = 1; PRAGMA cache_size = -4096")
        connection.setBusyTimeout(milliseconds: 100)
        self.find = try connection.prepare("SELECT \(EntryRow.columns) FROM entries WHERE key = ?")
        self.page = try connection.prepare("SELECT key FROM entries WHERE key >= ? ORDER BY key LIMIT \(Self.pageKeys)")
        self.connection = connection
        self.executor = SerialQueueExecutor(label: "sqlite-reader")
    }

    /// What stands in the row of a key; `nil` where there is no row.
    func row(for key: CacheKey) throws(SQLiteError) -> EntryRow.Reading? {
        self.connection.setTimeLimit(Self.timeLimit)
        self.find.bind(EntryRow.number(of: key), at: 1)
        guard try self.find.step() else { return nil }
        defer { self.find.reset() }
        return EntryRow.read(self.find, for: key)
    }

    /// How many rows there are.
    func count() throws(SQLiteError) -> Int {
        self.connection.setTimeLimit(Self.timeLimit)
        return Int(try self.connection.integer("SELECT count(*) FROM entries") ?? 0)
    }

    /// The keys of some rows, ascending from the given one; none where there are no more.
    func keys(from first: Int64) throws(SQLiteError) -> [Int64] {
        self.connection.setTimeLimit(Self.timeLimit)
        self.page.bind(first, at: 1)
        defer { self.page.reset() }
        var keys: [Int64] = []
        keys.reserveCapacity(Self.pageKeys)
        while try self.page.step() { keys.append(self.page.integer(at: 0)) }
        return keys
    }
}

/// Runs an actor's jobs one after the other on a dispatch queue.
private final class SerialQueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        self.queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
