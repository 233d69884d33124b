/// A limit's rate and burst in whole numbers, so that nothing is ever rounded.
///
/// Time is counted in microseconds, as Redis counts it. With `n` requests in `p` microseconds a bucket holds units of
/// which a token is `p` and every microsecond brings `n`, both divided by what divides them: 100 in 1 s is 1 unit a
/// microsecond and 10,000 units a token.
package struct BucketShape: Sendable, Equatable {
    /// The largest whole number up to which a double, which is all that Lua has, counts without a gap.
    private static let unitsMax: UInt64 = 1 << 53

    /// The units of one token.
    package let unitsPerToken: UInt64
    /// The units that one microsecond brings.
    package let unitsPerMicrosecond: UInt64
    /// The units of a full bucket.
    package let unitsMax: UInt64
    /// The tokens of a full bucket.
    package let burst: Int

    /// - Returns: `nil` where a full bucket has more units than can be counted, which needs a burst far above the rate.
    package init?(rate: Rate, burst: Int) {
        let microseconds = UInt64(rate.periodSeconds) * 1_000_000
        let divisor = Self.greatestCommonDivisor(microseconds, UInt64(rate.count))
        self.unitsPerToken = microseconds / divisor
        self.unitsPerMicrosecond = UInt64(rate.count) / divisor
        let (units, overflow) = self.unitsPerToken.multipliedReportingOverflow(by: UInt64(burst))
        guard !overflow, units <= Self.unitsMax else { return nil }
        self.unitsMax = units
        self.burst = burst
    }

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// How long so many units take to come, rounded up.
    func microseconds(for units: UInt64) -> UInt64 {
        units == 0 ? 0 : (units - 1) / self.unitsPerMicrosecond + 1
    }
}
