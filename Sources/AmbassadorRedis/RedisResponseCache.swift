package import AmbassadorCore
package import Logging
package import NIOCore
import NIOSSL

/// The hot cache that replicas share: entries in Redis.
///
/// Redis is never allowed to hurt. A look-up takes the deadline at most, and nothing while Redis is away; a write is not waited
/// for; what Redis holds is not trusted. See ``RedisConfiguration`` for the limits.
package final class RedisResponseCache: ResponseCache {
    private let configuration: RedisConfiguration
    /// Those that keep the order of commands; all but look-ups goes by them.
    let connections: [RedisConnection]
    /// They, and those of the other event loops, which look up alone.
    let allConnections: [RedisConnection]
    let query: EntryQuery
    let seal: EnvelopeSeal
    let metrics: RedisMetrics
    let clocks: Clocks
    let fence = ReplicaFence()

    var keySpace: RedisKeySpace { self.configuration.keySpace }
    var purgeTimeout: Duration { self.configuration.purgeTimeout }

    /// Makes the cache; nothing is connected yet.
    ///
    /// - Throws: ``RedisConfigurationError``, where the configuration cannot work with any Redis.
    package static func make(
        _ configuration: RedisConfiguration,
        group: any EventLoopGroup,
        metrics: MetricRegistry,
        clocks: Clocks,
        logger: Logger
    ) throws(RedisConfigurationError) -> RedisResponseCache {
        try configuration.validate()
        let address = configuration.address
        guard
            let greeting = RedisGreeting(
                user: address.user,
                password: address.password,
                database: address.database
            )
        else { throw .credentialsTooLong }
        let tls = try configuration.tlsContext()
        let budget = CommandBudget(
            commandsMax: configuration.commandsMax,
            bytesMax: configuration.commandBytesMax
        )
        let instruments = RedisMetrics(metrics)
        guard let query = EntryQuery(of: configuration.keySpace, valueBytesMax: configuration.valueBytesMax) else {
            throw .outOfRange("valueBytesMax")
        }
        let connect = { (eventLoop: any EventLoop, logger: Logger) in
            RedisConnection(
                configuration: configuration,
                eventLoop: eventLoop,
                tls: tls,
                greeting: greeting,
                budget: budget,
                metrics: instruments,
                clocks: clocks,
                logger: logger
            )
        }
        let connections = (0..<configuration.connections).map { _ in connect(group.next(), logger) }
        let others = Self.loops(of: group, besides: connections, configuration).map { connect($0, .silent) }
        metrics.gauge(.redisConnected) { connections.contains { $0.condition == .up } ? 1 : 0 }
        return RedisResponseCache(configuration, query, connections, others, instruments, clocks)
    }

    /// The event loops that get a connection for their look-ups.
    private static func loops(
        of group: any EventLoopGroup,
        besides connections: [RedisConnection],
        _ configuration: RedisConfiguration
    ) -> some Sequence<any EventLoop> {
        group.makeIterator().lazy.filter { loop in !connections.contains { $0.eventLoop === loop } }
            .prefix(configuration.looksUpOnEveryLoop ? RedisConfiguration.connectionsMax - connections.count : 0)
    }

    private init(
        _ configuration: RedisConfiguration,
        _ query: EntryQuery,
        _ connections: [RedisConnection],
        _ others: [RedisConnection],
        _ metrics: RedisMetrics,
        _ clocks: Clocks
    ) {
        self.configuration = configuration
        self.query = query
        self.connections = connections
        self.allConnections = connections + others
        self.seal = EnvelopeSeal(secret: configuration.secret)
        self.metrics = metrics
        self.clocks = clocks
    }

    /// Starts to connect, in the background; a Redis that is away is found when it comes.
    package func connect() {
        for connection in self.allConnections { connection.connect() }
    }

    /// Lets commands under way end, each within its deadline, and closes the connections.
    package func stop() async {
        await withTaskGroup { group in
            for connection in self.allConnections {
                group.addTask { await connection.stop() }
            }
        }
    }

    /// Whether the cache can be used.
    package var condition: RedisCondition {
        let conditions = self.connections.map(\.condition)
        if conditions.contains(.up) { return .up }
        return conditions.first { $0 != .away } ?? .away
    }

    package func insert(_ entry: CacheEntry, lifetime: Duration) {
        let connection = self.connection(for: entry.key)
        // Asked first, since to seal a value that cannot be sent is wasted work.
        guard connection.condition == .up, !connection.areWritesPaused else { return self.metrics.countDropped() }
        let milliseconds = self.jittered(lifetime)
        let value = Envelope.encode(
            entry,
            expiry: self.clocks.wall().advanced(by: .milliseconds(milliseconds)),
            seal: self.seal,
            bytesMax: self.configuration.valueBytesMax
        )
        guard let value, let command = self.insertion(of: entry, value, milliseconds) else {
            return self.metrics.countDropped()
        }
        connection.post(command)
    }

    private func insertion(of entry: CacheEntry, _ value: ByteBuffer, _ milliseconds: Int64) -> RedisCommand? {
        guard let position = self.fence.position else {
            return RedisCommand.set(self.keySpace.name(of: entry.key), value, milliseconds: milliseconds)
        }
        return FencedInsertion.command(
            entry,
            value,
            milliseconds: milliseconds,
            after: position,
            in: self.keySpace
        )
    }

    /// What replicas tell each other by this Redis; made once.
    ///
    /// From then on an entry is put into Redis only where all purges in the feed are known. `position` is how far the feed was
    /// followed before this start, `nil` where it never was.
    package func makeReplicaFeed(position: String?) -> RedisReplicaFeed {
        RedisReplicaFeed(cache: self, position: position)
    }

    package func remove(_ selection: PurgeSelection) async -> Removal? {
        guard selection == selection.key.map(PurgeSelection.key), let key = selection.key else {
            return await RedisPurge(cache: self, selection: selection).run()
        }
        guard let command = RedisCommand.unlink([self.keySpace.name(of: key)]) else { return nil }
        return await self.connection(for: key).send(command).removed(of: 1).map { Removal(removed: $0) }
    }

    /// The longest value that is read.
    var valueBytesMax: Int { self.configuration.valueBytesMax }

    /// The buckets of shared limits, by the same connections.
    package var leases: RedisLeases { RedisLeases(connections: self.connections, keySpace: self.keySpace) }

    /// The connection for commands about no single key.
    var anyConnection: RedisConnection {
        self.connections.first { $0.condition == .up } ?? self.connections[0]
    }

    /// Always the same one for a key, so that a read after a write finds what was written.
    func connection(for key: CacheKey) -> RedisConnection {
        self.connections[Int(key.input.words.3 % UInt64(self.connections.count))]
    }

    /// The lifetime in Redis in milliseconds, from 1 ms to ten years.
    func jittered(_ lifetime: Duration) -> Int64 {
        let tenYears: Int64 = 315_576_000_000
        let whole = Double(min(max(lifetime.milliseconds, 1), tenYears))
        let jitter = self.configuration.lifetimeJitter
        let factor = jitter > 0 ? Double.random(in: (1 - jitter)...(1 + jitter)) : 1
        return min(max(Int64(whole * factor), 1), tenYears)
    }
}

extension Logger {
    /// For connections of which there is nothing to say but what the first one says.
    fileprivate static let silent = Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }
}
