package import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// The two clocks of the product, injected so that tests own time.
///
/// `now` is monotonic: limits, waits, durations. `wall` is what is stored and what freshness is counted from.
package struct Clocks: Sendable {
    package let now: @Sendable () -> NIODeadline
    package let wall: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> NIODeadline, wall: @escaping @Sendable () -> Timestamp) {
        self.now = now
        self.wall = wall
    }

    /// The machine's own clocks.
    package static let system = Clocks(
        now: { .now() },
        wall: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        }
    )
}
