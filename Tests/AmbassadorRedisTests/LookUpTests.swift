import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorRedis

@Suite("Look-ups on an event loop", .enabled(if: RedisServer.executable != nil, "redis-server is not on PATH"))
struct LookUpTests {
    /// Looks up on a loop; `nil` where the cache cannot be asked there.
    private static func lookUp(
        _ key: CacheKey,
        in cache: RedisResponseCache,
        on eventLoop: any EventLoop
    ) async throws
        -> Finding?
    {
        try await eventLoop.flatSubmit {
            let promise = eventLoop.makePromise(of: Finding?.self)
            let isAsked = cache.lookUp(key) { finding in
                eventLoop.preconditionInEventLoop()
                promise.succeed(finding)
            }
            if !isAsked { promise.succeed(nil) }
            return promise.futureResult
        }.get()
    }

    private func withServer(_ body: (CacheFixture, RedisServer) async throws -> Void) async throws {
        let server = try await RedisServer()
        let change: (inout RedisConfiguration) -> Void = {
            $0.connections = 1
            $0.looksUpOnEveryLoop = true
        }
        try await CacheFixture.withCache("unix:\(server.socketPath)", change) { fixture in
            try await eventually("up") { fixture.cache.allConnections.allSatisfy { $0.condition == .up } }
            try await body(fixture, server)
        }
        await server.kill()
    }

    @Test("every loop finds an entry by a connection of its own, and no other thread by any")
    func everyLoop() async throws {
        try await self.withServer { fixture, _ in
            let cache = fixture.cache
            let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
            #expect(cache.connections.count == 1 && cache.allConnections.count == loops.count)
            let entry = try Samples.entry()
            cache.insert(entry, lifetime: .seconds(60))
            #expect(await cache.entry(for: entry.key) != nil)
            for loop in loops {
                guard case .entry(let found) = try await Self.lookUp(entry.key, in: cache, on: loop) else {
                    Issue.record("nothing found")
                    continue
                }
                #expect(found.isSame(as: entry))
                guard case .nothing = try await Self.lookUp(try Samples.key(2), in: cache, on: loop) else {
                    Issue.record("something found")
                    continue
                }
            }
            #expect(fixture.metrics.count(.redisCommands, "get", "hit") == loops.count + 1)
            #expect(fixture.metrics.count(.redisCommands, "get", "miss") == loops.count)
            let elsewhere = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            #expect(try await Self.lookUp(entry.key, in: cache, on: elsewhere.next()) == nil)
            try await elsewhere.shutdownGracefully()
        }
    }

    @Test("a large value is handed on unread, and is read by whoever can wait")
    func large() async throws {
        try await self.withServer { fixture, _ in
            let entry = try Samples.entry(1, body: String(repeating: "x", count: 100_000))
            fixture.cache.insert(entry, lifetime: .seconds(60))
            #expect(await fixture.cache.entry(for: entry.key) != nil)
            let loop = fixture.cache.connections[0].eventLoop
            guard case .unread(let read) = try await Self.lookUp(entry.key, in: fixture.cache, on: loop) else {
                Issue.record("not unread")
                return
            }
            #expect(await read()?.isSame(as: entry) == true)
        }
    }

    @Test("what does not verify is nothing, is counted and is deleted")
    func invalid() async throws {
        try await self.withServer { fixture, _ in
            let key = try Samples.key()
            let name = fixture.name(of: key)
            _ = try await fixture.raw([Samples.buffer("SET"), name, Samples.buffer("<html>")])
            let loop = fixture.cache.connections[0].eventLoop
            guard case .nothing = try await Self.lookUp(key, in: fixture.cache, on: loop) else {
                Issue.record("something found")
                return
            }
            #expect(fixture.metrics.count(.redisInvalid) == 1)
            try await eventually("deleted") { try await fixture.raw([Samples.buffer("EXISTS"), name]) == .integer(0) }
        }
    }

    @Test("a Redis that dies is nothing to whoever asks, and cannot be asked until it is back")
    func outage() async throws {
        try await self.withServer { fixture, server in
            let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
            await server.kill()
            try await eventually("away") { fixture.cache.allConnections.allSatisfy { $0.condition == .away } }
            for loop in loops {
                #expect(try await Self.lookUp(try Samples.key(), in: fixture.cache, on: loop) == nil)
            }
        }
    }

    @Test("a Redis that does not answer is nothing once the deadline has passed")
    func silence() async throws {
        let fake = try await FakeRedis(group: MultiThreadedEventLoopGroup.singleton) { words in
            words[0] == "GETRANGE" ? ("", .zero) : nil
        }
        let change: (inout RedisConfiguration) -> Void = {
            $0.connections = 1
            $0.commandTimeout = .milliseconds(50)
        }
        try await CacheFixture.withCache("redis://127.0.0.1:\(fake.port)", change) { fixture in
            let loop = fixture.cache.connections[0].eventLoop
            guard case .nothing = try await Self.lookUp(try Samples.key(), in: fixture.cache, on: loop) else {
                Issue.record("something found")
                return
            }
            #expect(fixture.metrics.count(.redisCommands, "get", "timeout") == 1)
        }
        try await fake.stop()
    }

    @Test("the command of a key is the one that hiredis formats")
    func query() throws {
        for prefix in ["ambassador", "a", "0:0"] {
            let keySpace = try #require(RedisKeySpace(prefix: prefix))
            let query = try #require(EntryQuery(of: keySpace, valueBytesMax: 4 << 20))
            for number in [0, 1, UInt64.max] {
                let key = try Samples.key(number)
                let name = keySpace.name(of: key)
                #expect(String(buffer: name) == "\(prefix):1:\(key.scope):\(key.input)")
                #expect(query.command(for: key) == RedisCommand.get(name, bytesMax: 4 << 20))
            }
        }
    }
}
