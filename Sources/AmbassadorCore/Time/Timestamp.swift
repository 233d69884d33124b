/// A moment of the wall clock: milliseconds since 1970-01-01T00:00:00Z.
///
/// For what is stored and for freshness; limits, waits and durations use the monotonic clock.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The time from another moment to this one; negative where the other is later.
    package func since(_ other: Timestamp) -> Duration {
        .milliseconds(self.milliseconds - other.milliseconds)
    }

    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds + duration.milliseconds)
    }
}

extension Duration {
    /// The whole milliseconds, toward zero; the nearest `Int64` where there are more.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }

    /// The whole microseconds, toward zero; the nearest `Int64` where there are more.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
    }
}
