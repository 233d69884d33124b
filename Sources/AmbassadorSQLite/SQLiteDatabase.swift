package import AmbassadorCore
package import Logging
import NIOCore

/// The SQLite file of a running ambassador: its store, its audit log, and the thread that writes both.
///
/// Whoever opens it must ``stop()`` it: the thread and the lock live until then.
package final class SQLiteDatabase: Sendable {
    package let store: SQLiteResponseStore
    package let auditLog: SQLiteAuditLog
    /// Where the changes of operators are kept.
    package let adminAudit: any AdminAudit
    /// Where pinned answers and tombstones are kept.
    package let curation: any CurationStore
    /// The watch on the clock by which things are deleted.
    package let clockWatch: ClockWatch
    /// What else is kept across restarts.
    package let notes: any DurableNotes
    private let storeQueue: StoreQueue
    private let signal: WriterSignal
    private let status: WriterStatus
    private let patience: Duration

    /// A weight of 526 beside an event loop's 1,024.
    private static let writerNiceness: Int32 = 3

    private init(_ store: SQLiteResponseStore, _ parts: WriterLoop.Parts) {
        self.store = store
        self.auditLog = SQLiteAuditLog(parts)
        self.adminAudit = SQLiteAdminAudit(queue: parts.storeQueue, logger: parts.logger)
        self.curation = SQLiteCuration(queue: parts.storeQueue, logger: parts.logger)
        self.notes = SQLiteNotes(queue: parts.storeQueue, logger: parts.logger)
        self.clockWatch = parts.clockWatch
        self.storeQueue = parts.storeQueue
        self.signal = parts.signal
        self.status = parts.status
        self.patience = parts.configuration.stopPatience
    }

    /// Locks the file, brings its schema up to date and starts the writing thread.
    ///
    /// - Parameters:
    ///   - configuration: what the operator has set.
    ///   - registry: where the module's instruments are added.
    ///   - clocks: the wall clock gives the days of texts and the age for retention.
    ///   - logger: told of troubles that begin and end, never of what is stored.
    ///   - onCommitted: told of each batch of records once it is on disk; runs on the writing thread and must be short.
    /// - Returns: the open file, whose thread is running.
    /// - Throws: ``SQLiteError`` that says in one sentence why the file cannot be used; the file is then as it was.
    package static func open(
        _ configuration: SQLiteConfiguration,
        metrics registry: MetricRegistry,
        clocks: Clocks,
        logger: Logger,
        onCommitted: (@Sendable ([AuditRecord]) -> Void)? = nil
    ) throws(SQLiteError) -> SQLiteDatabase {
        let file = try DatabaseFile(configuration.path)
        guard file.kind != .directory else { throw .isDirectory(path: file.path) }
        try file.checkNames()
        let lock = try FileLock(forDatabase: file)
        let connection = try Self.openForWriting(file, configuration, at: clocks.wall(), logger)
        Self.logVersion(logger)

        let parts = WriterLoop.Parts(
            configuration,
            metrics: registry,
            clocks: clocks,
            clockWatch: ClockWatch(
                clocks,
                lastSeen: try Self.lastSeen(by: connection),
                metrics: registry,
                logger: logger
            ),
            logger: logger,
            files: try StoreFiles(file, lock: lock),
            onCommitted: onCommitted
        )
        let store = try SQLiteResponseStore(
            configuration: configuration,
            path: file.path,
            queue: parts.storeQueue,
            metrics: parts.metrics,
            logger: logger
        )
        let loop = try WriterLoop(connection, parts, node: configuration.nodeName ?? FileLock.hostName())
        try Self.startWriting(loop, file, lock, parts.status)
        store.collectKeys()
        let auditQueue = parts.auditQueue
        registry.gauge(.auditQueued) { Double(auditQueue.count) }
        registry.gauge(.storeBytes) { Double(file.byteCount) }
        registry.gauge(.storeLogBytes) { Double(file.logByteCount) }
        let status = parts.status
        registry.gauge(.storeFilesLost) { status.areFilesLost ? 1 : 0 }
        return SQLiteDatabase(store, parts)
    }

    /// Whether the last transaction could be written; `false` while the disk is full or the file is locked or damaged.
    package var isWritable: Bool { self.status.isWritable }

    /// Records that a stop gave up, since they could not be written.
    package var unwrittenRecords: Int { self.status.unwrittenCount }
    /// Those, and records of requests that lasted beyond the stop.
    package var lostRecords: Int { self.status.unwrittenCount + self.status.lateCount }

    /// What is wrong with the file, for an operator; `nil` while the last transaction could be written.
    package var complaint: String? {
        guard !self.status.isWritable else { return nil }
        return self.status.areFilesLost
            ? "The SQLite file, its folder or a file beside it was removed or replaced: nothing can be recorded"
            : "The SQLite file cannot be written"
    }

    /// Writes all that is queued, closes the file for writing and gives its lock back.
    ///
    /// No new request may be taken any more when it is called; those under way, whose places in the audit queue are reserved, are
    /// waited for. It waits, and where writing fails goes on trying, for the configured patience each.
    ///
    /// - Parameter waitingForRequests: `false` where requests that are under way are cut off: what they would have recorded is not waited for.
    package func stop(waitingForRequests: Bool = true) async {
        if waitingForRequests { await self.waitForReservations() }
        self.status.askToStop()
        self.signal.notify(urgent: true)
        await self.status.waitUntilStopped()
    }

    /// What the clock said when something was written last; `nil` where nothing ever was.
    private static func lastSeen(by connection: Connection) throws(SQLiteError) -> Timestamp? {
        // In the order of ids, not of times: a clock that was ahead for a while must not be taken for the last word.
        let times = [
            try connection.integer("SELECT time FROM audit_records ORDER BY id DESC LIMIT 1"),
            try connection.integer("SELECT stored_at FROM entries ORDER BY id DESC LIMIT 1"),
        ]
        return times.compactMap { $0 }.max().map(Timestamp.init(milliseconds:))
    }

    private func waitForReservations() async {
        let log = self.auditLog
        let patience = self.patience
        // In a task of its own: a stop may run in one that was cancelled, which could not wait.
        await Task {
            let deadline = ContinuousClock.now + patience
            while log.queued > 0, ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }.value
    }

    /// Runs `body` on the writing thread, between transactions.
    func withWritingConnection(
        _ body: @escaping @Sendable (Connection) throws(SQLiteError) -> Void
    ) async throws(SQLiteError) {
        try await self.storeQueue.perform(body).get()
    }

    private static func openForWriting(
        _ file: DatabaseFile,
        _ configuration: SQLiteConfiguration,
        at now: Timestamp,
        _ logger: Logger
    ) throws(SQLiteError) -> Connection {
        do throws(SQLiteError) {
            // SQLite takes a file that is shorter than the shortest page for an empty one, and would write over it.
            guard file.byteCount == 0 || file.byteCount >= 512 else { throw .notADatabase(path: file.path) }
            let connection = try Connection(path: file.path, access: .readWrite)
            guard !connection.isReadOnly else { throw .notWritable(path: file.path, reason: "it is read-only") }
            connection.setBusyTimeout(milliseconds: Int(configuration.busyTimeout.milliseconds))
            // Looked at before anything is changed: a file of another program stays as it is.
            try Migrator(path: file.path).checkKnown(connection)
            let synchronous = configuration.auditDurability == .strict ? "FULL" : "NORMAL"
            // Page size and vacuum mode are fixed with the first table.
            try connection.execute(
                """
                PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
                PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
                PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA secure_delete = ON
                """
            )
            try Migrator(path: file.path).migrate(connection, at: now, file: file, logger: logger)
            connection.countLogPages()
            return connection
        } catch {
            throw Self.explained(error, file)
        }
    }

    /// Starts the writing thread, at a priority that leaves it a third of a core that it shares with a busy event loop.
    ///
    /// A fourth is what the records of such a loop take. A thread that always stands back falls behind, until its queue is full and
    /// every request waits for it.
    private static func startWriting(
        _ loop: sending WriterLoop,
        _ file: DatabaseFile,
        _ lock: FileLock,
        _ status: WriterStatus
    ) throws(SQLiteError) {
        var loop: WriterLoop? = loop
        let code = DedicatedThread.start(niceness: Self.writerNiceness) {
            loop?.run()
            // The file is closed before its lock is given back, and both before anybody is told.
            loop = nil
            lock.release()
            status.stopped()
        }
        guard code == 0 else { throw .notWritable(path: file.path, reason: "no thread: \(FileLock.reason(code))") }
    }

    private static func logVersion(_ logger: Logger) {
        let version = Connection.libraryVersionNumber
        logger.info("SQLite is open", metadata: ["sqlite": "\(Connection.libraryVersion)"])
        let isFixed =
            version >= 3_051_003 || (3_050_007..<3_051_000).contains(version)
            || (3_044_006..<3_045_000).contains(version)
        guard !isFixed else { return }
        logger.warning(
            """
            this SQLite has the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6): the file is safe as long as one process writes \
            and checkpoints it, which the ambassador's lock sees to; do not write to it with other programs
            """,
            metadata: ["sqlite": "\(Connection.libraryVersion)"]
        )
    }

    /// Puts what SQLite says about a file as a whole into the words of its operator.
    static func explained(_ error: SQLiteError, _ file: DatabaseFile) -> SQLiteError {
        guard case .engine(let code, let message, _) = error else { return error }
        return switch code.primary {
        case ResultCode.notADatabase.rawValue: .notADatabase(path: file.path)
        case ResultCode.cannotOpen.rawValue, ResultCode.readOnly.rawValue:
            .notWritable(path: file.path, reason: message)
        default: error
        }
    }
}

extension SQLiteDatabase: RetentionAdministration {
    package func pruneNow() async -> Int? {
        self.clockWatch.believe()
        return await self.pruneWithoutBelief()
    }

    /// The same with the clock as far as it is believed.
    func pruneWithoutBelief() async -> Int? {
        await self.storeQueue.prune()
    }
}
