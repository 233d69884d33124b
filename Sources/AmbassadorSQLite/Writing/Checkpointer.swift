import Logging
import NIOCore

/// Decides when the write-ahead log is copied into the file.
///
/// A copy is a burst of work, during which the event loop that shares the core stands still: small ones, often, are what nobody
/// notices. But each waits for the disk twice, so that a slow disk gets fewer and larger ones.
struct Checkpointer {
    /// Half a megabyte of 8 KiB pages: copied in less than half a millisecond.
    static let pagesMin = 64
    /// 8 MiB: copied whatever the disk, so that the log stays in memory.
    static let pages = 1_000
    /// 64 MiB: a reader has held the log open for long; wait for it a little.
    static let pagesMax = 8_000
    /// Between two checkpoints there is so many times what the last one took.
    private static let pauseFactor = 10

    private let logger: Logger
    private var nextPages = Self.pages
    private var restsUntil = NIODeadline.uptimeNanoseconds(0)
    private var isFailing = false

    init(logger: Logger) {
        self.logger = logger
    }

    mutating func afterCommit(on connection: Connection) {
        let pages = connection.logPageCount
        guard pages >= Self.pagesMin else { return }
        if pages < Self.pages { self.nextPages = Self.pages }
        let begin = NIODeadline.now()
        guard pages >= self.nextPages || (pages < Self.pages && begin >= self.restsUntil) else { return }
        self.run(pages >= Self.pagesMax ? .truncate : .passive, on: connection)
        let end = NIODeadline.now()
        self.restsUntil = end + (end - begin) * Self.pauseFactor
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
