/// What a bucket held after a decision.
struct BucketLevel: Sendable, Equatable {
    let remaining: Int
    /// The microseconds until it is full, or until there is a token for whoever was refused.
    let resetMicroseconds: UInt64
}

/// What a bucket says to a request.
enum BucketVerdict: Sendable, Equatable {
    /// A token is taken.
    case taken(BucketLevel)
    /// There is none; none will be there before the level's reset.
    case refused(BucketLevel)
    /// The tokens are elsewhere, and have to be asked for.
    case unknown
}

extension TokenBucket {
    /// Fills, and takes a token if there is one.
    mutating func decide(_ shape: BucketShape, at now: UInt64) -> BucketVerdict {
        self.fill(shape, at: now)
        guard self.take(shape) else { return .refused(self.emptyLevel(shape)) }
        return .taken(BucketLevel(remaining: self.remaining(shape), resetMicroseconds: self.timeToFull(shape)))
    }

    /// What somebody is told who would be refused now; `nil` where nobody would.
    mutating func refusal(_ shape: BucketShape, at now: UInt64) -> BucketLevel? {
        self.fill(shape, at: now)
        return self.wait(shape) == 0 ? nil : self.emptyLevel(shape)
    }

    private func emptyLevel(_ shape: BucketShape) -> BucketLevel {
        BucketLevel(remaining: 0, resetMicroseconds: self.wait(shape))
    }
}
