import NIOCore

extension RedisConnection {
    /// The life of a connection over many sockets, without any I/O.
    ///
    /// At most one socket exists or is being made at a time, so a Redis that is away costs one probe at a time.
    struct StateMachine {
        private enum State: Equatable {
            case idle
            case connecting
            case up(since: NIODeadline)
            case waiting
            case stopped
        }

        /// What to do after a socket has ended.
        enum Retry: Equatable {
            case after(TimeAmount)
            case never
        }

        private var state = State.idle
        private var backoff: Backoff
        private let deniedDelay: TimeAmount
        private let settledAfter: TimeAmount

        /// Makes a machine that has not begun.
        ///
        /// `settledAfter` is how long a socket must have been up for the next attempt to be the first of a row; a
        ///   Redis that greets and then fails each time is not asked faster than one that is down.
        init(backoff: Backoff, deniedDelay: TimeAmount, settledAfter: TimeAmount) {
            self.backoff = backoff
            self.deniedDelay = deniedDelay
            self.settledAfter = settledAfter
        }

        /// - Returns: whether to make a socket now.
        mutating func connect() -> Bool {
            switch self.state {
            case .idle, .waiting:
                self.state = .connecting
                return true
            case .connecting, .up, .stopped:
                return false
            }
        }

        /// The greeting is over.
        ///
        /// - Returns: whether the socket is wanted.
        mutating func ready(at now: NIODeadline) -> Bool {
            guard self.state == .connecting else { return false }
            self.state = .up(since: now)
            return true
        }

        /// The socket has ended, or could not be made.
        ///
        /// `random` is from 0 up to but without 1.
        mutating func ended(_ reason: RedisCloseReason, at now: NIODeadline, random: Double) -> Retry {
            switch self.state {
            case .idle, .waiting, .stopped: return .never
            case .connecting: break
            case .up(let since):
                if now - since >= self.settledAfter { self.backoff.reset() }
            }
            self.state = .waiting
            if case .denied = reason {
                let spread = Double(self.deniedDelay.nanoseconds) * (0.5 + random / 2)
                return .after(.nanoseconds(Int64(spread)))
            }
            return .after(self.backoff.next(random: random))
        }

        mutating func stop() {
            self.state = .stopped
        }

        var isStopped: Bool { self.state == .stopped }
    }
}
