import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore
@testable import AmbassadorRedis

@Suite("Replicas share their limits through Redis")
struct SharedLimitTests {
    private static let hasRedis = RedisServer.executable != nil
    private static let noRedis: Comment = "redis-server is not on PATH"

    private func limit(_ count: Int, per seconds: Int = 1, burst: Int? = nil) throws -> RateLimit {
        try RateLimit(
            name: "per_tenant",
            by: [.tenant],
            rate: Rate(count: count, periodSeconds: seconds),
            burst: burst,
            isShared: true
        )
    }

    private let subject = LimitSubject(tenant: .default, principal: nil, flow: nil, address: nil)

    private func request(_ limit: RateLimit, _ tokens: Int, bucket: UInt8 = 7) throws -> LeaseRequest {
        LeaseRequest(
            bucket: [UInt8](repeating: bucket, count: 32),
            shape: try #require(BucketShape(rate: limit.rate, burst: limit.burst)),
            tokens: tokens
        )
    }

    /// The microseconds of Redis' clock.
    private func time(_ fixture: CacheFixture) async throws -> Int {
        guard case .array(let parts) = try await fixture.raw("TIME"), parts.count == 2,
            case .bulk(let seconds) = parts[0], case .bulk(let microseconds) = parts[1]
        else { throw RedisError.closed }
        return try #require(Int(String(buffer: seconds))) * 1_000_000 + #require(Int(String(buffer: microseconds)))
    }

    private func admitted(_ limiter: RateLimiter, _ clock: MockClock, of count: Int) async -> Int {
        var admitted = 0
        for _ in 0..<count {
            var admission = limiter.admit(self.subject, .request, at: clock.now)
            if case .pending(let settle) = admission { admission = await settle() }
            if case .admitted = admission { admitted += 1 }
        }
        return admitted
    }

    @Test(
        "the bucket gives its burst, then says how long to wait, and comes back",
        .enabled(if: Self.hasRedis, Self.noRedis)
    )
    func script() async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { fixture in
            let leases = fixture.cache.leases
            let limit = try self.limit(3, per: 3600, burst: 10)
            #expect(
                await leases.lease(try self.request(limit, 4))
                    == LeaseGrant(tokens: 4, remaining: 6, waitMicroseconds: 0)
            )
            let second = try #require(await leases.lease(try self.request(limit, 10)))
            #expect(second.tokens == 6 && second.remaining == 0)
            let third = try #require(await leases.lease(try self.request(limit, 1)))
            #expect(third.tokens == 0 && third.remaining == 0)
            #expect((1...1_200_000_000).contains(third.waitMicroseconds))
            #expect(second.waitMicroseconds >= third.waitMicroseconds)
            let other = try #require(await leases.lease(try self.request(limit, 1, bucket: 8)))
            #expect(other.tokens == 1)
            // It is forgotten no sooner than it is full again, which takes 10 tokens of 1,200 s.
            let name = RedisKeySpace.default.name(ofBucket: [UInt8](repeating: 7, count: 32))
            #expect(String(buffer: name) == "ambassador:l1:" + String(repeating: "07", count: 32))
            guard case .integer(let life) = try await fixture.raw([ByteBuffer(string: "PTTL"), name]) else {
                Issue.record("the bucket has no life")
                return
            }
            #expect((11_900_000...12_002_000).contains(life))
        }
        await server.kill()
    }

    @Test("buckets with the largest numbers lose nothing to rounding", .enabled(if: Self.hasRedis, Self.noRedis))
    func precision() async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { fixture in
            let leases = fixture.cache.leases
            let limit = try self.limit(1, per: 86_400, burst: 100_000)
            for round in 1...50 {
                let grant = try #require(await leases.lease(try self.request(limit, 1)))
                #expect(grant == LeaseGrant(tokens: 1, remaining: 100_000 - round, waitMicroseconds: 0))
            }
            let rest = try #require(await leases.lease(try self.request(limit, 100_000)))
            #expect(rest.tokens == 99_950)
            let wait = try #require(await leases.lease(try self.request(limit, 1))).waitMicroseconds
            #expect((86_300_000_000...86_400_000_000).contains(wait))
        }
        await server.kill()
    }

    @Test(
        "a clock that was ahead, and values that are no bucket, do no harm",
        .enabled(if: Self.hasRedis, Self.noRedis)
    )
    func damage() async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { fixture in
            let leases = fixture.cache.leases
            let limit = try self.limit(1, per: 3600, burst: 10)
            let name = String(buffer: RedisKeySpace.default.name(ofBucket: [UInt8](repeating: 7, count: 32)))
            // Empty, and counted in the year 2255: no tokens come of it, and they come again from now on.
            _ = try await fixture.raw("SET", name, "0 9000000000000000")
            #expect(await leases.lease(try self.request(limit, 1))?.waitMicroseconds == 3_600_000_000)
            #expect(try #require(await leases.lease(try self.request(limit, 1))).waitMicroseconds < 3_600_000_000)
            _ = try await fixture.raw("SET", name, "a b")
            #expect(await leases.lease(try self.request(limit, 10))?.tokens == 10)
            _ = try await fixture.raw("SET", name, "99999999999999999999 1")
            #expect(await leases.lease(try self.request(limit, 10))?.tokens == 10)
            _ = try await fixture.raw("DEL", name)
            _ = try await fixture.raw("LPUSH", name, "x")
            #expect(await leases.lease(try self.request(limit, 1)) == nil)
            try await eventually("removed") { await leases.lease(try self.request(limit, 1)) != nil }
            // A purge of entries leaves buckets alone.
            #expect(await fixture.cache.remove(.all)?.removed == 0)
            #expect(try await fixture.raw("EXISTS", name) == .integer(1))
        }
        await server.kill()
    }

    @Test(
        "a hundred tasks over two replicas never get more than burst + rate × time in a million requests",
        .enabled(if: Self.hasRedis, Self.noRedis)
    )
    func load() async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { fixture in
            let limit = try self.limit(2000, burst: 500)
            let replicas = (0..<2).map { _ in
                RateLimiter([limit], source: fixture.cache.leases, metrics: MetricRegistry(), clocks: .system)
            }
            let start = try await self.time(fixture)
            let subject = self.subject
            let admitted = await withTaskGroup { group in
                for task in 0..<100 {
                    group.addTask {
                        var admitted = 0
                        for number in 0..<10_000 {
                            // Other tests wait for a thread too.
                            if number % 256 == 255 { await Task.yield() }
                            var admission = replicas[task % 2].admit(subject, .request, at: .now())
                            if case .pending(let settle) = admission { admission = await settle() }
                            if case .admitted = admission { admitted += 1 }
                        }
                        return admitted
                    }
                }
                return await group.reduce(0, +)
            }
            let elapsed = try await self.time(fixture) - start
            #expect(admitted <= 500 + elapsed / 500 + 1)
            #expect(admitted >= 400)
            #expect(fixture.metrics.count(.redisCommands, "lease", "ok") > 0)
        }
        await server.kill()
    }

    @Test(
        "a Redis that stands still is done without, and used again when it goes on",
        .enabled(if: Self.hasRedis, Self.noRedis)
    )
    func suspended() async throws {
        let server = try await RedisServer()
        let change: (inout RedisConfiguration) -> Void = {
            $0.commandTimeout = .milliseconds(50)
            $0.connectTimeout = .milliseconds(100)
        }
        try await CacheFixture.withCache("unix:\(server.socketPath)", change) { fixture in
            let clock = MockClock()
            let limiter = RateLimiter(
                [try self.limit(100, per: 3600)],
                source: fixture.cache.leases,
                metrics: fixture.metrics.registry,
                clocks: clock.clocks
            )
            server.suspend()
            #expect(await self.admitted(limiter, clock, of: 300) == 100)
            #expect(fixture.metrics.count(.limitAlone) == 300)
            server.resume()
            try await fixture.waitUntilUp()
            // The bucket in Redis is full: it was never reached, or its reply was not.
            try await eventually("shared again") {
                clock.advance(by: .seconds(1))
                return await self.admitted(limiter, clock, of: 1) == 1
            }
            #expect(fixture.metrics.count(.limitLeases, "granted") > 0)
        }
        await server.kill()
    }

    @Test(
        "a Redis that is killed is done without, and after its return is told the script again",
        .enabled(if: Self.hasRedis, Self.noRedis)
    )
    func restarted() async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { fixture in
            let clock = MockClock()
            let limiter = RateLimiter(
                [try self.limit(10, per: 3600)],
                source: fixture.cache.leases,
                metrics: fixture.metrics.registry,
                clocks: clock.clocks
            )
            #expect(await self.admitted(limiter, clock, of: 4) == 4)
            await server.kill()
            try await eventually("away") { fixture.cache.condition == .away }
            // What this replica has admitted counts on.
            clock.advance(by: .seconds(1))
            #expect(await self.admitted(limiter, clock, of: 20) == 6)
            #expect(fixture.metrics.count(.limitAlone) > 0)
            try await server.start()
            try await fixture.waitUntilUp()
            clock.advance(by: .seconds(1))
            let alone = fixture.metrics.count(.limitAlone)
            #expect(await self.admitted(limiter, clock, of: 20) == 10)
            #expect(fixture.metrics.count(.limitAlone) == alone)
        }
        await server.kill()
    }
}
