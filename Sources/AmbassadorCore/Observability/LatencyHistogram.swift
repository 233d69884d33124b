import Synchronization

/// Durations counted in fixed buckets, as Prometheus' classic histograms are.
///
/// The bounds reach from a memory hit's tens of microseconds to a flow that runs for minutes, about three a decade.
package final class LatencyHistogram: Sendable {
    /// The buckets' upper bounds in microseconds, inclusive; one more bucket takes what is above the last.
    package static let boundsMicroseconds: [Int64] = [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000, 300_000_000,
    ]

    private let buckets: [Counter]
    private let sum = Counter()

    package init() {
        self.buckets = (0...Self.boundsMicroseconds.count).map { _ in Counter() }
    }

    package func record(microseconds: Int64) {
        let bucket = Self.boundsMicroseconds.firstIndex { microseconds <= $0 } ?? Self.boundsMicroseconds.count
        self.buckets[bucket].increment()
        self.sum.increment(by: Int(microseconds))
    }

    /// The counts of the buckets, not cumulative, and the sum of all durations in microseconds.
    package var snapshot: (counts: [Int], sumMicroseconds: Int) {
        (self.buckets.map(\.value), self.sum.value)
    }
}
