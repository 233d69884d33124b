/// Where replicas have their buckets in common.
package protocol LeaseSource: Sendable {
    /// Debits tokens of a bucket at once, so that they can be spent here without asking again.
    ///
    /// Ends by itself within a deadline of its own, whether or not the task is cancelled.
    ///
    /// - Returns: `nil` where the bucket cannot be reached; then nothing is known, and tokens may have been debited in
    ///   vain.
    func lease(_ request: LeaseRequest) async -> LeaseGrant?
}

/// A wish for tokens of one shared bucket.
package struct LeaseRequest: Sendable {
    /// The bucket's name: 32 bytes.
    package let bucket: [UInt8]
    package let shape: BucketShape
    /// At least one, at most the burst.
    package let tokens: Int

    package init(bucket: [UInt8], shape: BucketShape, tokens: Int) {
        self.bucket = bucket
        self.shape = shape
        self.tokens = tokens
    }
}

/// What of a ``LeaseRequest`` was granted.
package struct LeaseGrant: Sendable, Equatable {
    /// The tokens debited; fewer than were asked for where the bucket had no more.
    package let tokens: Int
    /// The whole tokens that are left in the bucket.
    package let remaining: Int
    /// The microseconds until the bucket has its next token.
    package let waitMicroseconds: UInt64

    package init(tokens: Int, remaining: Int, waitMicroseconds: UInt64) {
        self.tokens = tokens
        self.remaining = remaining
        self.waitMicroseconds = waitMicroseconds
    }
}
