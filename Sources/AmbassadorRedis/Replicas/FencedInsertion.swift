import AmbassadorCore
import NIOCore
import Synchronization

/// Up to which purge of the feed this process knows them; an entry is put into Redis only where there is no later one.
///
/// A fetch that was under way in one replica while another one purged would otherwise put back what had just been removed.
final class ReplicaFence: Sendable {
    private let state = Mutex<String?>(nil)

    /// The place of the last purge that was noted; `nil` where nobody follows the feed.
    var position: String? {
        get { self.state.withLock { $0 } }
        set { self.state.withLock { $0 = newValue } }
    }
}

/// The script that puts an entry into Redis, in one step that no purge comes between.
///
/// It also tells the replicas of an entry that takes another's place. Redis 5 or later.
enum FencedInsertion {
    /// How many refreshes the feed remembers, about.
    private static let refreshesMax = 4_096

    /// `KEYS` are the entry, the feed of purges and that of refreshes; `ARGV` are the value, its lifetime in milliseconds, the place
    /// of the last purge that is known, the key as operators see it, and when the entry was stored.
    ///
    /// Answers 1, or 0 where a later purge is in the feed.
    private static let source = """
        local function after(a, b)
            local am, an = string.match(a, '^(%d+)%-(%d+)$')
            local bm, bn = string.match(b, '^(%d+)%-(%d+)$')
            am, an, bm, bn = tonumber(am), tonumber(an), tonumber(bm or '0'), tonumber(bn or '0')
            return am > bm or (am == bm and an > bn)
        end
        local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
        if last[1] and after(last[1][1], ARGV[3]) then
            return 0
        end
        if redis.call('EXISTS', KEYS[1]) == 1 then
            redis.call('XADD', KEYS[3], 'MAXLEN', '~', \(Self.refreshesMax), '*', 'k', ARGV[4], 's', ARGV[5])
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """

    private static let head = ["EVAL", Self.source, "3"].map { ByteBuffer(string: $0) }

    static func command(
        _ entry: CacheEntry,
        _ value: ByteBuffer,
        milliseconds: Int64,
        after position: String,
        in keySpace: RedisKeySpace
    ) -> RedisCommand? {
        let keys = [keySpace.name(of: entry.key), keySpace.purgeFeed, keySpace.refreshFeed]
        let texts = [String(milliseconds), position, entry.key.description, String(entry.storedAt.milliseconds)]
        return RedisCommand(.set, Self.head + keys + [value] + texts.map { ByteBuffer(string: $0) })
    }
}
