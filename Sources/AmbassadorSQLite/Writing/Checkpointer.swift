import Logging

/// Decides when the write-ahead log is copied into the file.
struct Checkpointer {
    /// 8 MiB of 8 KiB pages: the log stays in memory, and a checkpoint is over in milliseconds.
    static let pages = 1_000
    /// 64 MiB: a reader has held the log open for long; wait for it a little.
    static let pagesMax = 8_000

    private let logger: Logger
    private var nextPages = Self.pages
    private var isFailing = false

    init(logger: Logger) {
        self.logger = logger
    }

    mutating func afterCommit(on connection: Connection) {
        let pages = connection.logPageCount
        if pages < Self.pages { self.nextPages = Self.pages }
        guard pages >= self.nextPages else { return }
        self.run(pages >= Self.pagesMax ? .truncate : .passive, on: connection)
        // Readers may have kept it from finishing: not again at every commit.
        self.nextPages = connection.logPageCount + Self.pages
    }

    /// Leaves everything in the file itself.
    mutating func atEnd(on connection: Connection) {
        self.run(.truncate, on: connection)
    }

    private mutating func run(_ mode: Connection.Checkpoint, on connection: Connection) {
        do throws(SQLiteError) {
            _ = try connection.checkpoint(mode)
            self.isFailing = false
        } catch {
            // Nothing is lost: commits are safe in the log, which grows until a checkpoint succeeds.
            if !self.isFailing {
                self.logger.error("the write-ahead log cannot be checkpointed", metadata: ["error": "\(error)"])
            }
            self.isFailing = true
        }
    }
}
