import AmbassadorCore
import Synchronization

/// Remembers tokens that were verified, so that a signature is checked once a minute and not for every request.
///
/// Four places for each of a fixed number of sets, in shards with a lock each: its memory is bounded by construction, and nobody can
/// fill it with tokens that do not verify.
final class TokenCache: Sendable {
    /// How long a verdict is believed at most.
    static let lifetimeMax: Duration = .seconds(60)

    private static let shardCount = 16
    private static let waysPerSet = 4

    struct Entry: Sendable {
        let digest: TokenDigest
        /// Whose keys verified the token, and which of their generations.
        let keys: IssuerKeys
        let epoch: UInt64
        let since: Timestamp
        let until: Timestamp
        let caller: Caller

        /// Neither ended, nor from keys that were replaced, nor from before the wall clock was set back.
        func isValid(at time: Timestamp) -> Bool {
            self.since <= time && time < self.until && self.epoch == self.keys.epoch
        }
    }

    private final class Shard: Sendable {
        let entries: Mutex<[Entry?]>

        init(count: Int) {
            self.entries = Mutex([Entry?](repeating: nil, count: count))
        }
    }

    private let shards: [Shard]
    private let setsPerShard: Int

    /// - Parameter entriesMax: how many tokens are remembered at most; rounded down to a multiple of 64, and 64 at least.
    init(entriesMax: Int = 16_384) {
        let setsPerShard = max(1, entriesMax / (Self.shardCount * Self.waysPerSet))
        self.setsPerShard = setsPerShard
        self.shards = (0..<Self.shardCount).map { _ in Shard(count: setsPerShard * Self.waysPerSet) }
    }

    /// The caller of a token that was verified lately; one short lock.
    func caller(for digest: TokenDigest, at time: Timestamp) -> Caller? {
        let ways = self.ways(of: digest)
        return self.shard(of: digest).entries.withLock { entries in
            for index in ways {
                guard let entry = entries[index], entry.digest == digest else { continue }
                guard entry.isValid(at: time) else {
                    entries[index] = nil
                    return nil
                }
                return entry.caller
            }
            return nil
        }
    }

    /// Remembers a token in the place of one that has ended, or of the one that ends first.
    func insert(_ entry: Entry) {
        let ways = self.ways(of: entry.digest)
        self.shard(of: entry.digest).entries.withLock { entries in
            var place = ways.lowerBound
            for index in ways {
                guard let present = entries[index], present.digest != entry.digest, present.isValid(at: entry.since)
                else {
                    place = index
                    break
                }
                if let first = entries[place], present.until < first.until {
                    place = index
                }
            }
            entries[place] = entry
        }
    }

    private func shard(of digest: TokenDigest) -> Shard {
        self.shards[Int(digest.first % UInt64(Self.shardCount))]
    }

    private func ways(of digest: TokenDigest) -> Range<Int> {
        let start = Int(digest.second % UInt64(self.setsPerShard)) * Self.waysPerSet
        return start..<start + Self.waysPerSet
    }
}
