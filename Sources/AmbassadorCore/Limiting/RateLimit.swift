/// A limit as an operator has set it.
package struct RateLimit: Sendable {
    /// The most limits that there may be.
    package static let countMax = 32

    package let name: String
    /// What has a bucket of its own; empty means one bucket for all.
    package let by: Set<LimitDimension>
    package let rate: Rate
    /// The requests that may come at once after a pause: the size of the bucket.
    package let burst: Int
    /// The flows that it applies to; empty means all, and requests without a flow too.
    package let flows: [FlowPattern]
    package let stage: LimitStage
    /// Whether replicas have their buckets in common, in Redis.
    package let isShared: Bool

    /// - Parameters:
    ///   - name: 1 to 64 bytes of `a-z 0-9 _ -`; it stands in headers and metrics.
    ///   - by: what has a bucket of its own.
    ///   - rate: how fast a bucket fills.
    ///   - burst: the size of a bucket, from 1 to 1,000,000; `nil` means the rate's count.
    ///   - flows: at most 64.
    ///   - stage: what counts.
    ///   - isShared: whether replicas have their buckets in common.
    /// - Throws: what is wrong with one of them.
    package init(
        name: String,
        by: Set<LimitDimension>,
        rate: Rate,
        burst: Int? = nil,
        flows: [FlowPattern] = [],
        stage: LimitStage = .request,
        isShared: Bool = false
    ) throws(InvalidValue) {
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
            throw InvalidValue("is not a limit's name: 1 to 64 of a-z, 0-9, '_' and '-'")
        }
        let burst = burst ?? rate.count
        guard (1...Rate.countMax).contains(burst) else {
            throw InvalidValue("is not a burst of 1 to 1000000 requests")
        }
        guard BucketShape(rate: rate, burst: burst) != nil else {
            throw InvalidValue("has a burst that takes too long to fill again at this rate")
        }
        guard flows.count <= 64 else { throw InvalidValue("names more than 64 flows") }
        self.name = name
        self.by = by
        self.rate = rate
        self.burst = burst
        self.flows = flows
        self.stage = stage
        self.isShared = isShared
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
