import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore
@testable import AmbassadorRedis

@Suite(.enabled(if: RedisServer.executable != nil, "redis-server is not on PATH"))
struct RedisReplicaFeedTests {
    /// Two replicas on one real Redis.
    private func withReplicas(
        _ body: (CacheFixture, CacheFixture, RedisServer) async throws -> Void
    ) async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { one in
            try await CacheFixture.withCache("unix:\(server.socketPath)") { other in
                try await body(one, other, server)
            }
        }
        await server.kill()
    }

    @Test("a purge reaches the other replica once, with its time, and not its own")
    func purge() async throws {
        try await self.withReplicas { one, other, _ in
            let (mine, theirs) = (
                one.cache.makeReplicaFeed(position: StreamID.first),
                other.cache.makeReplicaFeed(position: StreamID.first)
            )
            #expect(await mine.news()?.purges == [])
            #expect(await theirs.news()?.purges == [])
            let selection = PurgeSelection(
                key: try Samples.key(),
                tenant: TenantID("acme".utf8),
                target: FlowName("faq_qa"),
                storedBefore: Samples.now,
                text: .init(Samples.buffer("Jane"))
            )
            #expect(await mine.publish(selection) == .told)
            #expect(await mine.publish(.all) == .told)
            let news = try #require(await theirs.news())
            #expect(news.purges.map(\.selection) == [selection, .all])
            #expect(news.purges.allSatisfy { $0.time > Samples.now.advanced(by: .seconds(-86_400 * 1000)) })
            theirs.noted(news)
            #expect(await theirs.news()?.purges == [])
            #expect(await mine.news()?.purges == [])
        }
    }

    @Test("a replica reads on from where it was before it was stopped")
    func position() async throws {
        try await self.withReplicas { one, other, _ in
            let mine = one.cache.makeReplicaFeed(position: StreamID.first)
            let theirs = other.cache.makeReplicaFeed(position: StreamID.first)
            _ = await (mine.news(), theirs.news())
            _ = await mine.publish(.all)
            let seen = try #require(await theirs.news())
            theirs.noted(seen)
            let later = PurgeSelection(target: FlowName("later"))
            _ = await mine.publish(later)
            let restarted = other.cache.makeReplicaFeed(position: seen.position)
            #expect(await restarted.news()?.purges.map(\.selection) == [later])
            // One that was never there has nothing to remove.
            #expect(await other.cache.makeReplicaFeed(position: nil).news()?.purges == [])
        }
    }

    @Test("whoever missed more than the feed keeps gives up what was stored before what is left")
    func gap() async throws {
        try await self.withReplicas { one, other, _ in
            let mine = one.cache.makeReplicaFeed(position: StreamID.first)
            let theirs = other.cache.makeReplicaFeed(position: StreamID.first)
            for _ in 0..<RedisReplicaFeed.purgesMax + 1 {
                _ = await mine.publish(.flow(target: try #require(FlowName("f"))))
            }
            let news = try #require(await theirs.news())
            #expect(news.purges.first?.selection.storedBefore != nil)
            #expect(news.purges.first?.selection.tenant == nil)
            #expect(news.purges.count == 257)
        }
    }

    @Test("an entry asked for before a purge is not put back into Redis after it")
    func fence() async throws {
        try await self.withReplicas { one, other, _ in
            let (mine, theirs) = (
                one.cache.makeReplicaFeed(position: StreamID.first),
                other.cache.makeReplicaFeed(position: StreamID.first)
            )
            _ = await (mine.news(), theirs.news())
            let entry = try Samples.entry()
            other.cache.insert(entry, lifetime: .seconds(60))
            #expect(await other.cache.entry(for: entry.key) != nil)
            _ = await mine.publish(.all)
            #expect(await one.cache.remove(.all)?.removed == 1)
            // The other replica does not know yet.
            other.cache.insert(entry, lifetime: .seconds(60))
            #expect(await other.cache.entry(for: entry.key) == nil)
            theirs.noted(try #require(await theirs.news()))
            other.cache.insert(entry, lifetime: .seconds(60))
            #expect(await other.cache.entry(for: entry.key) != nil)
        }
    }

    @Test("an entry that takes another's place is told, the first one is not")
    func refresh() async throws {
        try await self.withReplicas { one, other, _ in
            let (mine, theirs) = (
                one.cache.makeReplicaFeed(position: StreamID.first),
                other.cache.makeReplicaFeed(position: StreamID.first)
            )
            _ = await (mine.news(), theirs.news())
            let entry = try Samples.entry()
            one.cache.insert(entry, lifetime: .seconds(60))
            #expect(await one.cache.entry(for: entry.key) != nil)
            #expect(await theirs.news()?.refreshes == [])
            one.cache.insert(entry, lifetime: .seconds(60))
            #expect(await one.cache.entry(for: entry.key) != nil)
            let expected = SharedRefresh(key: entry.key, storedAt: entry.storedAt)
            #expect(await theirs.news()?.refreshes == [expected])
            #expect(await theirs.news()?.refreshes == [])
        }
    }

    @Test("a purge while Redis is away is told when it is back")
    func outage() async throws {
        try await self.withReplicas { one, other, server in
            let (mine, theirs) = (
                one.cache.makeReplicaFeed(position: StreamID.first),
                other.cache.makeReplicaFeed(position: StreamID.first)
            )
            _ = await (mine.news(), theirs.news())
            await server.kill()
            try await eventually("away") { one.cache.condition == .away && other.cache.condition == .away }
            #expect(await mine.publish(.all) == .pending)
            #expect(await mine.news() == nil)
            try await server.start()
            try await one.waitUntilUp()
            try await other.waitUntilUp()
            _ = await mine.news()
            #expect(await theirs.news()?.purges.map(\.selection) == [.all])
        }
    }

    @Test("what is not a purge of ours is left out and counted, and another's value is taken out of the way")
    func foreign() async throws {
        try await self.withReplicas { one, other, _ in
            let (mine, theirs) = (
                one.cache.makeReplicaFeed(position: StreamID.first),
                other.cache.makeReplicaFeed(position: StreamID.first)
            )
            _ = await (mine.news(), theirs.news())
            _ = try await one.raw("XADD", "ambassador:p1", "*", "p", "junk")
            _ = try await one.raw("XADD", "ambassador:p1", "*", "q", "1")
            let forged = PurgeMessage(replica: 1, selection: .all).encoded(
                EnvelopeSeal(secret: Secret("0123456789abcdef"))
            )
            let words = ["XADD", "ambassador:p1", "*", "p"].map { Samples.buffer($0) }
            _ = try await one.raw(words + [forged])
            _ = await mine.publish(.all)
            #expect(await theirs.news()?.purges.count == 1)
            #expect(other.metrics.count(.redisInvalid) == 3)
            _ = try await one.raw("SET", "ambassador:p1", "x")
            #expect(await theirs.news() == nil)
            try await eventually("gone") { try await one.raw("EXISTS", "ambassador:p1") == .integer(0) }
        }
    }

    @Test("any bytes are a purge or none, and no part of one is taken")
    func totality() throws {
        let seal = EnvelopeSeal(secret: nil)
        let whole = PurgeMessage(
            replica: 9,
            selection: PurgeSelection(key: try Samples.key(), text: .init(Samples.buffer("x")))
        ).encoded(seal)
        #expect(PurgeMessage(whole, seal)?.selection.key == (try Samples.key()))
        for index in 0..<whole.readableBytes {
            var flipped = whole
            let byte = try #require(whole.getInteger(at: index, as: UInt8.self))
            flipped.setInteger(byte ^ 1, at: index)
            #expect(PurgeMessage(flipped, seal) == nil)
            #expect(PurgeMessage(try #require(whole.getSlice(at: 0, length: index)), seal) == nil)
        }
    }
}
