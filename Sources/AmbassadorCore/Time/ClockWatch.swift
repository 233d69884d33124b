package import Logging
import NIOCore
import Synchronization

/// The process's one watch on its wall clock: what deletes by age asks it first.
package final class ClockWatch: Sendable {
    private let clocks: Clocks
    private let jumpsCounted: Counter
    private let logger: Logger
    private let jumps: Mutex<ClockJumps>

    /// - Parameters:
    ///   - clocks: the clocks that are watched.
    ///   - lastSeen: what the wall clock said last before this process began, as far as that is known.
    ///   - registry: where its instruments are added.
    ///   - logger: told of each jump and of what it holds up.
    package init(_ clocks: Clocks, lastSeen: Timestamp?, metrics registry: MetricRegistry, logger: Logger) {
        self.clocks = clocks
        self.logger = logger
        self.jumpsCounted = registry.counter(.clockJumps)
        let wall = clocks.wall()
        let gap = lastSeen.map { wall.since($0) } ?? .zero
        let isBelieved = gap <= Self.gapMax
        self.jumps = Mutex(ClockJumps(at: clocks.now(), wall: wall, isBelieved: isBelieved))
        registry.gauge(.deletionsHeld) { [weak self] in self?.isBelieved == false ? 1 : 0 }
        guard !isBelieved else { return }
        logger.notice(
            """
            nothing was recorded for long, or the clock is ahead: what would be deleted by age is kept until the clock has gone on for \
            an hour, or `ambassador audit prune --now`
            """,
            metadata: ["last": "\(lastSeen?.iso8601 ?? "-")", "now": "\(wall.iso8601)"]
        )
    }

    /// After such a time without a sign a clock is believed only once it has proved itself.
    private static let gapMax: Duration = .seconds(86_400)

    /// Whether the wall clock is believed, as of the last look.
    package var isBelieved: Bool { self.jumps.withLock { $0.isBelieved } }

    /// Looks at the clocks.
    ///
    /// - Returns: the wall clock's time, where it may be acted upon; `nil` after a jump that nothing has confirmed yet.
    package func believedTime() -> Timestamp? {
        let (now, wall) = (self.clocks.now(), self.clocks.wall())
        let (jump, was, isBelieved) = self.jumps.withLock { jumps in
            let was = jumps.isBelieved
            return (jumps.look(at: now, wall: wall), was, jumps.isBelieved)
        }
        if let jump {
            self.jumpsCounted.increment()
            self.logger.error(
                "the clock has jumped; what would be deleted by age is kept until it is back, has gone on for an hour, or is confirmed",
                metadata: ["by_seconds": "\(jump.components.seconds)", "now": "\(wall.iso8601)"]
            )
        }
        if !was, isBelieved { self.logger.notice("the clock is believed again", metadata: ["now": "\(wall.iso8601)"]) }
        return isBelieved ? wall : nil
    }

    /// Believes the clock as it stands: an operator has looked.
    package func believe() {
        _ = self.believedTime()
        self.jumps.withLock { $0.believe() }
    }
}
