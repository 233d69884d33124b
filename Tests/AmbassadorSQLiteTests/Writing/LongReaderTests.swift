import AmbassadorCore
import AmbassadorTesting
import Foundation
import Logging
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorSQLite

/// Readers that take long, and the write-ahead log that grows for as long as they do.
@Suite(.timeLimit(.minutes(1))) struct LongReaderTests {
    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    @Test("a condition that takes long is cut, in a filter too") func filter() async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord()])
            let reader = try AuditReader(path: fixture.path, timeLimit: .milliseconds(20))
            var filter = AuditFilter()
            filter.expression = "(\(Self.endless)) > 0"
            #expect(throws: SQLiteError.timeLimit) { try reader.query(filter) { _ in true } }
            // The log is free again, and so is the reader.
            #expect(try reader.lastID() == 1)
            let connection = try fixture.connect()
            #expect(try connection.checkpoint(.truncate))
        }
    }

    @Test("the time that rows take to be delivered does not count") func slowTaker() {
        let limiter = ReadLimiter(log: "/nonexistent/a.db-wal")
        let now = NIODeadline.now()
        limiter.start(.seconds(100), at: now)
        limiter.pause(for: .seconds(50))
        #expect(!limiter.isOver(at: now + .seconds(149)))
        #expect(limiter.isOver(at: now + .seconds(151)))
    }

    @Test("while the log is long a statement has a tenth of its time") func longLog() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            #expect(FileManager.default.createFile(atPath: path + "-wal", contents: nil))
            #expect(truncate(path + "-wal", off_t(ReadLimiter.logBytesMax + 1)) == 0)
            // The limiter looks at the file's length alone; the statement itself is of a database without a log.
            try FileManager.default.moveItem(atPath: path + "-wal", toPath: folder + "/b.db-wal")
            let connection = try Connection(path: ":memory:", access: .readWrite)
            let limiter = ReadLimiter(log: folder + "/b.db-wal")
            let now = NIODeadline.now()
            limiter.start(.seconds(100), at: now)
            #expect(!limiter.isOver(at: now + .seconds(9)))
            #expect(limiter.isOver(at: now + .seconds(11)))
            #expect(truncate(folder + "/b.db-wal", 0) == 0)
            #expect(!limiter.isOver(at: now + .seconds(99)))
            #expect(limiter.isOver(at: now + .seconds(101)))
            connection.setTimeLimit(.milliseconds(1))
            #expect(throws: SQLiteError.timeLimit) { _ = try connection.integer(Self.endless) }
            connection.setTimeLimit(nil)
            #expect(try connection.integer("SELECT 1") == 1)
        }
    }

    @Test("a log that a reader holds open is measured, and complained of once a minute") func complaint() async throws {
        try await withTemporaryFolder { folder in
            let connection = try Connection(path: folder + "/a.db", access: .readWrite)
            try connection.execute(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x)"
            )
            connection.countLogPages()
            let reader = try Connection(path: folder + "/a.db", access: .readOnly)
            let rows = try reader.prepare("SELECT * FROM sqlite_schema")
            #expect(try rows.step())
            let lines = LogLines()
            var checkpointer = Checkpointer(logger: Logger(label: "test", factory: { _ in lines.handler }))
            for _ in 0..<3 {
                try connection.execute("INSERT INTO t VALUES (zeroblob(\(Checkpointer.pagesMax * 4_096)))")
                checkpointer.afterCommit(on: connection)
            }
            #expect(lines.all.count { $0.contains("the write-ahead log is over 64 MiB") } == 1)
            #expect(try DatabaseFile(folder + "/a.db").logByteCount > 64 << 20)
            rows.reset()
            checkpointer.atEnd(on: connection)
            #expect(try DatabaseFile(folder + "/a.db").logByteCount == 0)
        }
    }
}

/// What was logged, as lines.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }

    var handler: some LogHandler { Handler(lines: self) }

    private func append(_ line: String) {
        self.lines.withLock { $0.append(line) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = event.metadata ?? [:]
            self.lines.append("\(event.message) \(metadata.map { "\($0)=\($1)" }.sorted().joined(separator: " "))")
        }
    }
}
