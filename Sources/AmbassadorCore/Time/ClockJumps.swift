package import NIOCore

/// Notices when the wall clock moves by something else than the time that passes, and says whether it may be believed.
///
/// It is believed again once it stands where it would stand without the jump, once it has gone on steadily from there for an hour, or once
/// somebody says so. A machine that was asleep looks the same as one whose clock was set: the monotonic clock stands still in sleep.
package struct ClockJumps: Sendable {
    /// A moment on both clocks.
    private struct Mark {
        let now: NIODeadline
        let wall: Timestamp

        /// How far the wall clock has moved since beyond the time that has passed.
        func drift(to other: Mark) -> Duration {
            other.wall.since(self.wall) - self.now.duration(to: other.now)
        }
    }

    /// By how much the clocks may differ from one look to the next; looks are seconds apart.
    package static let tolerance: Duration = .seconds(60)
    /// For how long the clock has to go on steadily after a jump.
    package static let confirmation: Duration = .seconds(3_600)

    // The last look before the jump, where there was one, which moves on with the time that passes; else the last look.
    private var believed: Mark
    private var last: Mark
    private var doubtedSince: NIODeadline?

    /// - Parameters:
    ///   - now: the monotonic clock's time.
    ///   - wall: the wall clock's time.
    ///   - isBelieved: whether the wall clock fits what is known of the time before; else it has to go on steadily first.
    package init(at now: NIODeadline, wall: Timestamp, isBelieved: Bool = true) {
        self.last = Mark(now: now, wall: wall)
        self.believed = self.last
        self.doubtedSince = isBelieved ? nil : now
    }

    /// Whether what the wall clock says may be acted upon where that cannot be undone.
    package var isBelieved: Bool { self.doubtedSince == nil }

    /// Looks at both clocks.
    ///
    /// - Returns: by how much the wall clock has jumped since the last look, where it has.
    package mutating func look(at now: NIODeadline, wall: Timestamp) -> Duration? {
        let mark = Mark(now: now, wall: wall)
        let jump = self.last.drift(to: mark)
        self.last = mark
        let hasJumped = Self.isJump(jump)
        guard let since = self.doubtedSince else {
            if hasJumped { self.doubtedSince = now } else { self.believed = mark }
            return hasJumped ? jump : nil
        }
        if hasJumped {
            let isBack = !Self.isJump(self.believed.drift(to: mark))
            if isBack { self.believe() } else { self.doubtedSince = now }
            return jump
        }
        if since.duration(to: now) >= Self.confirmation { self.believe() }
        return nil
    }

    /// Believes the clock as it stands.
    package mutating func believe() {
        self.believed = self.last
        self.doubtedSince = nil
    }

    private static func isJump(_ drift: Duration) -> Bool {
        drift > Self.tolerance || drift < .zero - Self.tolerance
    }
}
