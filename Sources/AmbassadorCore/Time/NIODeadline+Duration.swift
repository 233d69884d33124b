package import NIOCore

extension NIODeadline {
    /// The moment that is a duration later, or earlier where the duration is negative.
    ///
    /// Never before `distantPast` nor after `distantFuture`, however long the duration.
    package func advanced(by duration: Duration) -> NIODeadline {
        let amount = TimeAmount(duration).nanoseconds
        if amount >= 0 {
            let (sum, overflow) = self.uptimeNanoseconds.addingReportingOverflow(UInt64(amount))
            return overflow ? .distantFuture : .uptimeNanoseconds(sum)
        }
        let (difference, overflow) = self.uptimeNanoseconds.subtractingReportingOverflow(amount.magnitude)
        return overflow ? .distantPast : .uptimeNanoseconds(difference)
    }

    /// The time from this moment to a later one; negative where the other is earlier.
    package func duration(to other: NIODeadline) -> Duration {
        Duration(other - self)
    }
}
