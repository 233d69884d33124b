import AmbassadorCore
import Dispatch
import Logging
import NIOCore

/// Tells the log once a second how far a migration is.
///
/// By the length of the write-ahead log, from a thread of its own: SQLite says nothing in the middle of a statement.
final class MigrationProgress: Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let silent = DispatchSemaphore(value: 0)
    private let logger: Logger
    private let name: String
    private let begin = NIODeadline.now()

    init(
        _ name: String,
        of file: DatabaseFile,
        room: MigrationRoom,
        logger: Logger,
        interval: TimeAmount = .seconds(1)
    ) {
        self.name = name
        self.logger = logger
        let (ended, silent) = (self.ended, self.silent)
        logger.notice(
            "the store is brought up to date before it is used",
            metadata: [
                "migration": "\(name)", "file_bytes": "\(file.byteCount)", "bytes_to_write": "\(room.bytes)",
                "bytes_needed": "\(room.needed)",
            ]
        )
        let code = DedicatedThread.start {
            while ended.wait(timeout: .now() + .nanoseconds(Int(interval.nanoseconds))) == .timedOut {
                let written = file.logByteCount
                let percent = room.logBytes > 0 ? min(99, written * 100 / room.logBytes) : 0
                logger.notice(
                    "the store is being brought up to date",
                    metadata: ["migration": "\(name)", "percent": "\(percent)", "log_bytes": "\(written)"]
                )
            }
            silent.signal()
        }
        if code != 0 { silent.signal() }
    }

    /// Says nothing more, and how long it took.
    func end() {
        self.ended.signal()
        self.silent.wait()
        self.logger.notice(
            "a migration of the store has ended",
            metadata: [
                "migration": "\(self.name)",
                "seconds": "\((NIODeadline.now() - self.begin).nanoseconds / 1_000_000_000)",
            ]
        )
    }
}
