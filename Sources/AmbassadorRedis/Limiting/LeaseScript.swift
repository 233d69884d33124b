import AmbassadorCore
import Crypto
import NIOCore

/// The script that fills a bucket in Redis and debits tokens of it, in one step that nothing comes between.
///
/// It runs on Redis' own clock, so that the clocks of replicas need not agree. Lua's numbers are doubles, and a
/// ``BucketShape`` counts no further than they do exactly; what leaves the script as text is written in whole, since
/// Lua itself would round after 14 digits. A clock that goes back brings nothing and takes nothing; one that goes
/// forward brings at most a full bucket. The key expires when the bucket is full again, which is what a missing one
/// means. Redis 5 or later, which replicates what a script did and not the script.
enum LeaseScript {
    /// `KEYS[1]` is the bucket; `ARGV` are the units of a token, of a microsecond and of a full bucket, and the tokens
    /// wanted.
    ///
    /// Answers the tokens debited, those left, and the microseconds until the next one.
    static let source = """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
        local cost, gain, full = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local wanted = tonumber(ARGV[4])
        local units, counted = full, now
        local stored = redis.call('GET', KEYS[1])
        if stored then
            local left, at = string.match(stored, '^(%d+) (%d+)$')
            left, at = tonumber(left or ''), tonumber(at or '')
            if left and at then
                units = math.min(left, full)
                if now > at then
                    local elapsed = now - at
                    if elapsed > full / gain then
                        units = full
                    else
                        units = math.min(full, units + elapsed * gain)
                    end
                end
            end
        end
        local whole = (units - math.fmod(units, cost)) / cost
        local granted = math.min(wanted, whole)
        units = units - granted * cost
        local wait = 0
        if units < cost then
            wait = math.ceil((cost - units) / gain)
        end
        local life = math.ceil((full - units) / gain / 1000) + 1000
        redis.call('SET', KEYS[1], string.format('%.0f %.0f', units, now), 'PX', string.format('%.0f', life))
        return {granted, whole - granted, wait}
        """

    private static let text = ByteBuffer(string: Self.source)

    /// By what Redis knows the script once it has seen it: the SHA-1 in hexadecimal.
    static let hash = ByteBuffer(
        bytes: Insecure.SHA1.hash(data: Array(Self.source.utf8)).flatMap {
            [HexDigits.digit($0 >> 4), HexDigits.digit($0 & 0xF)]
        }
    )

    private static let evalshaWord = ByteBuffer(string: "EVALSHA")
    private static let evalWord = ByteBuffer(string: "EVAL")
    private static let one = ByteBuffer(string: "1")

    /// The command that runs the script by its hash, or by its text for a Redis that does not know it.
    static func command(_ key: ByteBuffer, _ request: LeaseRequest, withText: Bool) -> RedisCommand? {
        let shape = request.shape
        let numbers = [
            shape.unitsPerToken, shape.unitsPerMicrosecond, shape.unitsMax, UInt64(clamping: request.tokens),
        ]
        return RedisCommand(
            .lease,
            [withText ? Self.evalWord : Self.evalshaWord, withText ? Self.text : Self.hash, Self.one, key]
                + numbers.map { ByteBuffer(string: String($0)) }
        )
    }
}
