import AmbassadorTesting
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import AmbassadorRedis

/// A cache with its own metrics, connected or connecting.
struct CacheFixture {
    let cache: RedisResponseCache
    let metrics = RedisMetricsReading()
    let configuration: RedisConfiguration

    init(_ url: String, _ change: (inout RedisConfiguration) -> Void = { _ in }) throws {
        var configuration = RedisConfiguration(address: try RedisAddress(url))
        // A busy machine must not turn a hit into a miss; tests of the deadline set their own.
        configuration.commandTimeout = .seconds(10)
        configuration.reconnectDelayMax = .milliseconds(20)
        change(&configuration)
        self.configuration = configuration
        self.cache = try RedisResponseCache.make(
            configuration,
            group: MultiThreadedEventLoopGroup.singleton,
            metrics: self.metrics.registry,
            clocks: Clocks(now: { .now() }, wall: { Samples.now }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        self.cache.connect()
    }

    /// Runs a test with a cache that is up, and stops it.
    static func withCache(
        _ url: String,
        _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (CacheFixture) async throws -> Void
    ) async throws {
        let fixture = try CacheFixture(url, change)
        do {
            try await fixture.waitUntilUp()
            try await body(fixture)
        } catch {
            await fixture.cache.stop()
            throw error
        }
        await fixture.cache.stop()
    }

    func waitUntilUp() async throws {
        try await eventually("up") { self.cache.connections.allSatisfy { $0.condition == .up } }
    }

    /// Sends a command of any kind past the cache, on a connection of its own.
    func raw(_ words: String...) async throws -> RedisReply {
        try await self.raw(words.map { ByteBuffer(string: $0) })
    }

    func raw(_ words: [ByteBuffer]) async throws -> RedisReply {
        try await self.cache.anyConnection.send(try #require(RedisCommand(.scan, words))).get()
    }

    func name(of key: CacheKey) -> ByteBuffer { self.configuration.keySpace.name(of: key) }
}

/// The counters of one cache.
struct RedisMetricsReading: Sendable {
    let registry = MetricRegistry()

    /// The sum of a family's counters, of those with all the given label values.
    func count(_ metric: MetricName, _ values: String...) -> Int {
        let samples = self.registry.snapshot.first { $0.name == metric.name }?.samples ?? []
        return samples.filter { sample in values.allSatisfy { value in sample.labels.contains { $0.value == value } } }
            .reduce(0) { sum, sample in
                if case .counter(let counter) = sample.value { sum + counter.value } else { sum }
            }
    }
}
