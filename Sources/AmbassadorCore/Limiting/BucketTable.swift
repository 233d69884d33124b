import Synchronization

/// The buckets of one limit by subject, in a bounded number of places.
///
/// A bucket is forgotten only once it is idle: full, so that a new one would be the same. Whoever fills the table with
/// subjects of their own making therefore never resets anybody's bucket. Subjects for whom no place is found share one
/// bucket a shard, with the limit's own rate: under such an attack newcomers get less, and nobody gets more.
///
/// Safe from any thread: one short lock a call, of one shard.
final class BucketTable<Bucket: LimitBucket>: Sendable {
    private struct Slot {
        let key: BucketKey
        var bucket: Bucket
    }

    private struct State {
        var places: [BucketKey: Int] = [:]
        var slots: [Slot] = []
        /// Where the search for idle buckets goes on.
        var hand = 0
        var overflow: Bucket?
    }

    private final class Shard: Sendable {
        let number: Int
        let state = Mutex(State())

        init(number: Int) {
            self.number = number
        }
    }

    /// Looked at for each newcomer, so that idle buckets go faster than new ones come.
    private static var slotsLookedAt: Int { 2 }
    /// Looked at where there is no room: a bound on what a newcomer costs.
    private static var slotsLookedAtWhenFull: Int { 32 }

    private let shape: BucketShape
    private let shards: [Shard]
    private let slotsPerShard: Int
    private let overflowed: Counter
    private let held = Counter()

    /// - Parameters:
    ///   - shape: of all its buckets.
    ///   - capacity: how many subjects may have a bucket of their own; rounded up to a whole number a shard.
    ///   - shards: how many locks share the load.
    ///   - overflowed: counts the decisions made with a bucket that is shared for want of room.
    init(_ shape: BucketShape, capacity: Int, shards: Int = 16, overflowed: Counter) {
        precondition(capacity > 0 && shards > 0)
        self.shape = shape
        self.shards = (0..<shards).map { Shard(number: $0) }
        self.slotsPerShard = (capacity + shards - 1) / shards
        self.overflowed = overflowed
    }

    /// How many subjects have a bucket of their own.
    var count: Int { self.held.value }

    /// Changes the bucket of a subject, which is made where there is none.
    ///
    /// `body` runs inside a lock, and is told the key of the bucket that it got: the subject's own or its shard's
    /// overflow.
    func withBucket<Result>(
        _ key: BucketKey,
        at now: UInt64,
        _ body: (inout Bucket, BucketKey) -> Result
    ) -> Result {
        let shard = self.shard(of: key)
        return shard.state.withLock { state in
            if let place = state.places[key] {
                return body(&state.slots[place].bucket, key)
            }
            let isFull = state.slots.count >= self.slotsPerShard
            self.forgetIdle(&state, lookingAt: isFull ? Self.slotsLookedAtWhenFull : Self.slotsLookedAt, at: now)
            guard state.slots.count < self.slotsPerShard else {
                self.overflowed.increment()
                var bucket = state.overflow ?? Bucket(self.shape, at: now)
                state.overflow = nil
                defer { state.overflow = bucket }
                return body(&bucket, .overflow(ofShard: shard.number))
            }
            state.places[key] = state.slots.count
            state.slots.append(Slot(key: key, bucket: Bucket(self.shape, at: now)))
            self.held.increment()
            return body(&state.slots[state.slots.count - 1].bucket, key)
        }
    }

    /// Changes the bucket of a key where there is one.
    ///
    /// - Returns: `nil` where there is none.
    func withExistingBucket<Result>(_ key: BucketKey, _ body: (inout Bucket) -> Result) -> Result? {
        if let number = key.overflowShard {
            return self.shards[number].state.withLock { state in
                guard var bucket = state.overflow else { return nil }
                state.overflow = nil
                defer { state.overflow = bucket }
                return body(&bucket)
            }
        }
        return self.shard(of: key).state.withLock { state in
            guard let place = state.places[key] else { return nil }
            return body(&state.slots[place].bucket)
        }
    }

    private func shard(of key: BucketKey) -> Shard {
        self.shards[Int(UInt(bitPattern: key.hash) % UInt(self.shards.count))]
    }

    private func forgetIdle(_ state: inout State, lookingAt count: Int, at now: UInt64) {
        for _ in 0..<min(count, state.slots.count) {
            if state.hand >= state.slots.count { state.hand = 0 }
            guard state.slots[state.hand].bucket.isIdle(self.shape, at: now) else {
                state.hand += 1
                continue
            }
            state.places[state.slots[state.hand].key] = nil
            let last = state.slots.removeLast()
            if state.hand < state.slots.count {
                state.slots[state.hand] = last
                state.places[last.key] = state.hand
            }
            self.held.decrement()
        }
    }
}
