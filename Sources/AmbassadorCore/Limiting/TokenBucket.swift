/// A token bucket: full at first, filled at a steady rate, and never over its burst.
///
/// In any span of time it gives at most burst + rate × span tokens. Whole numbers alone; no span is too long and no two
/// calls are too close. Not safe for concurrent use.
struct TokenBucket: Sendable, Equatable {
    /// The microseconds at which the units were counted last.
    private(set) var countedAt: UInt64
    private(set) var units: UInt64

    init(_ shape: BucketShape, at now: UInt64) {
        self.countedAt = now
        self.units = shape.unitsMax
    }

    /// Adds what time has brought.
    ///
    /// A moment a little before the latest one, as racing threads have it, brings nothing and takes nothing back.
    mutating func fill(_ shape: BucketShape, at now: UInt64) {
        guard now > self.countedAt else { return }
        let elapsed = now - self.countedAt
        self.countedAt = now
        let missing = shape.unitsMax - self.units
        let (brought, overflow) = elapsed.multipliedReportingOverflow(by: shape.unitsPerMicrosecond)
        self.units = overflow || brought >= missing ? shape.unitsMax : self.units + brought
    }

    /// Takes a token out of a bucket that was filled for this moment.
    ///
    /// - Returns: whether there was one.
    mutating func take(_ shape: BucketShape) -> Bool {
        guard self.units >= shape.unitsPerToken else { return false }
        self.units -= shape.unitsPerToken
        return true
    }

    /// Puts back a token that was taken for a request that then was not admitted.
    mutating func giveBack(_ shape: BucketShape) {
        self.units = min(shape.unitsMax, self.units + shape.unitsPerToken)
    }

    /// The whole tokens.
    func remaining(_ shape: BucketShape) -> Int { Int(self.units / shape.unitsPerToken) }

    /// The microseconds until there is a token; zero where there is one.
    func wait(_ shape: BucketShape) -> UInt64 {
        self.units >= shape.unitsPerToken ? 0 : shape.microseconds(for: shape.unitsPerToken - self.units)
    }

    /// The microseconds until the bucket is full.
    func timeToFull(_ shape: BucketShape) -> UInt64 {
        shape.microseconds(for: shape.unitsMax - self.units)
    }

    /// Whether the bucket says nothing that a new one would not say.
    func isFull(_ shape: BucketShape, at now: UInt64) -> Bool {
        var later = self
        later.fill(shape, at: now)
        return later.units == shape.unitsMax
    }
}
