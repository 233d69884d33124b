import CSQLite
import NIOCore

/// How long a statement may run, and with it hold on to the write-ahead log.
///
/// What a reader may still need stays in the log, which grows as long as anybody reads. Where it is long already, a statement has a
/// tenth of its time.
final class ReadLimiter {
    /// 64 MiB: the log is emptied at an eighth of that where nobody reads.
    static let logBytesMax = 64 << 20
    private static let logInterval: TimeAmount = .milliseconds(200)

    private let log: String
    private var begin = NIODeadline.uptimeNanoseconds(0)
    private var limit: TimeAmount = .zero
    private var nextLook = NIODeadline.uptimeNanoseconds(0)

    init(log: String) {
        self.log = log
    }

    func start(_ limit: TimeAmount, at now: NIODeadline) {
        self.begin = now
        self.limit = limit
        self.nextLook = self.begin + Self.logInterval
    }

    /// Counts a pause of the statement not as its time.
    func pause(for pause: TimeAmount) {
        self.begin = self.begin + pause
    }

    func isOver(at now: NIODeadline) -> Bool {
        let time = now - self.begin
        if time > self.limit { return true }
        guard now >= self.nextLook else { return false }
        self.nextLook = now + Self.logInterval
        return time > .nanoseconds(self.limit.nanoseconds / 10) && DatabaseFile.size(of: self.log) > Self.logBytesMax
    }
}

extension Connection {
    /// Stops statements that run longer than `limit` with ``SQLiteError/timeLimit``, and sooner where the write-ahead log is long;
    /// `nil` lifts the limit.
    func setTimeLimit(_ limit: TimeAmount?) {
        guard let limit else {
            sqlite3_progress_handler(self.handle, 0, nil, nil)
            return
        }
        self.limiter.start(limit, at: .now())
        sqlite3_progress_handler(
            self.handle,
            10_000,
            { context in
                guard let context else { return 0 }
                // Alive, since the connection holds it and its handle calls.
                let limiter = Unmanaged<ReadLimiter>.fromOpaque(context).takeUnretainedValue()
                return limiter.isOver(at: .now()) ? 1 : 0
            },
            Unmanaged.passUnretained(self.limiter).toOpaque()
        )
    }
}
