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
    static let pagesMax = 8_192
    /// Between two checkpoints there is so many times what the last one took.
    private static let pauseFactor = 10

    private let logger: Logger
    private var nextPages = Self.pages
    private var restsUntil = NIODeadline.uptimeNanoseconds(0)
    private var isFailing = false
    // When the log, which holds what was purged, is to be emptied; `nil` where it is.
    private var emptyingDue: NIODeadline?
    private var nextComplaint = NIODeadline.uptimeNanoseconds(0)

    private static let emptyingInterval: TimeAmount = .seconds(1)
    private static let complaintInterval: TimeAmount = .minutes(1)

    init(logger: Logger) {
        self.logger = logger
    }

    /// Empties the log, in which what was purged still stands; where a reader holds it open, as soon as none does.
    mutating func afterPurge(on connection: Connection) {
        self.emptyingDue = self.run(.truncate, on: connection) ? nil : .now() + Self.emptyingInterval
    }

    /// Does what a reader has prevented, once a second.
    mutating func catchUp(on connection: Connection) {
        guard let due = self.emptyingDue, due <= .now() else { return }
        self.emptyingDue = self.run(.truncateAtOnce, on: connection) ? nil : .now() + Self.emptyingInterval
    }

    mutating func afterCommit(on connection: Connection) {
        self.catchUp(on: connection)
        let pages = connection.logPageCount
        guard pages >= Self.pagesMin else { return }
        if pages < Self.pages { self.nextPages = Self.pages }
        let begin = NIODeadline.now()
        guard pages >= self.nextPages || (pages < Self.pages && begin >= self.restsUntil) else { return }
        _ = self.run(pages >= Self.pagesMax ? .truncate : .passive, on: connection)
        self.complainOfReaders(connection.logPageCount)
        let end = NIODeadline.now()
        self.restsUntil = end + (end - begin) * Self.pauseFactor
        // Readers may have kept it from finishing: not again at every commit.
        self.nextPages = connection.logPageCount + Self.pages
    }

    /// Leaves everything in the file itself.
    mutating func atEnd(on connection: Connection) {
        _ = self.run(.truncate, on: connection)
    }

    /// Says once a minute that the log grows since somebody reads.
    private mutating func complainOfReaders(_ pages: Int) {
        guard pages >= Self.pagesMax, .now() >= self.nextComplaint else { return }
        self.nextComplaint = .now() + Self.complaintInterval
        self.logger.warning(
            """
            the write-ahead log is over 64 MiB and grows: a program has been reading the store in one go for long. The ambassador's own \
            readers are cut by themselves; end the others, such as sqlite3 -readonly
            """,
            metadata: ["pages": "\(pages)"]
        )
    }

    /// - Returns: whether all of the log was copied.
    private mutating func run(_ mode: Connection.Checkpoint, on connection: Connection) -> Bool {
        do throws(SQLiteError) {
            let isWhole = try connection.checkpoint(mode)
            self.isFailing = false
            return isWhole
        } catch {
            // Nothing is lost: commits are safe in the log, which grows until a checkpoint succeeds.
            if !self.isFailing {
                self.logger.error("the write-ahead log cannot be checkpointed", metadata: ["error": "\(error)"])
            }
            self.isFailing = true
            return false
        }
    }
}
