/// What a ``BucketTable`` holds for each subject.
protocol LimitBucket: Sendable {
    /// A bucket of somebody of whom nothing is known.
    init(_ shape: BucketShape, at now: UInt64)

    /// Whether a new bucket would decide the same from now on, so that this one may be forgotten.
    func isIdle(_ shape: BucketShape, at now: UInt64) -> Bool
}

extension TokenBucket: LimitBucket {
    func isIdle(_ shape: BucketShape, at now: UInt64) -> Bool { self.isFull(shape, at: now) }
}
