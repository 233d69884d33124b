import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorRedis

@Suite(.enabled(if: RedisServer.executable != nil, "redis-server is not on PATH"))
struct RedisResponseCacheTests {
    private func withServer(
        _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (CacheFixture, RedisServer) async throws -> Void
    ) async throws {
        let server = try await RedisServer()
        try await CacheFixture.withCache("unix:\(server.socketPath)", change) { try await body($0, server) }
        await server.kill()
    }

    @Test("an entry comes back as it was, and a second cache on the same Redis finds it")
    func roundTrip() async throws {
        try await self.withServer { first, server in
            let entry = try Samples.entry()
            #expect(await first.cache.entry(for: entry.key) == nil)
            first.cache.insert(entry, lifetime: .seconds(60))
            let found = try #require(await first.cache.entry(for: entry.key))
            #expect(found.isSame(as: entry))
            try await CacheFixture.withCache("unix:\(server.socketPath)") { second in
                let shared = try #require(await second.cache.entry(for: entry.key))
                #expect(shared.isSame(as: entry))
                let unknown = try Samples.key(2)
                #expect(await second.cache.entry(for: unknown) == nil)
            }
            #expect(first.metrics.count(.redisCommands, "get", "miss") == 1)
            #expect(first.metrics.count(.redisCommands, "get", "hit") == 1)
            #expect(first.metrics.count(.redisCommands, "set", "ok") == 1)
            #expect(first.metrics.count(.redisInvalid) == 0)
        }
    }

    @Test("a large entry comes back as it was, and one over the limit is dropped")
    func large() async throws {
        try await self.withServer { fixture, _ in
            let entry = try Samples.entry(1, body: String(repeating: "x", count: 1 << 20))
            fixture.cache.insert(entry, lifetime: .seconds(60))
            let found = try #require(await fixture.cache.entry(for: entry.key))
            #expect(found.isSame(as: entry))
            fixture.cache.insert(
                try Samples.entry(2, body: String(repeating: "x", count: 4 << 20)),
                lifetime: .seconds(60)
            )
            #expect(await fixture.cache.entry(for: try Samples.key(2)) == nil)
            #expect(fixture.metrics.count(.redisDropped) == 1)
        }
    }

    @Test("values expire within a tenth around their lifetime")
    func lifetime() async throws {
        try await self.withServer { fixture, _ in
            let entry = try Samples.entry()
            fixture.cache.insert(entry, lifetime: .seconds(1000))
            #expect(await fixture.cache.entry(for: entry.key) != nil)
            guard
                case .integer(let left) = try await fixture.raw([Samples.buffer("PTTL"), fixture.name(of: entry.key)])
            else { throw RedisError.closed }
            #expect((800_000...1_100_000).contains(left))
            for _ in 0..<200 { #expect((900...1100).contains(fixture.cache.jittered(.seconds(1)))) }
            #expect(fixture.cache.jittered(.zero) == 1)
            #expect(fixture.cache.jittered(.seconds(Int64.max)) <= 315_576_000_000)
        }
    }

    @Test(
        "what does not verify is a miss, is deleted, and is counted",
        arguments: ["bit flip", "truncated", "swapped", "junk", "other secret", "list", "too long"]
    )
    func invalid(kind: String) async throws {
        let secret = Secret("0123456789abcdef")
        let change: (inout RedisConfiguration) -> Void = { $0.secret = secret }
        try await self.withServer(change) { fixture, _ in
            let entry = try Samples.entry()
            let name = fixture.name(of: entry.key)
            let seal = EnvelopeSeal(secret: kind == "other secret" ? Secret("fedcba9876543210") : secret)
            var value = try #require(
                Envelope.encode(
                    kind == "swapped" ? try Samples.entry(2) : entry,
                    expiry: Samples.expiry,
                    seal: seal,
                    bytesMax: 1 << 20
                )
            )
            switch kind {
            case "bit flip": value.setInteger(UInt8(ascii: "!"), at: value.writerIndex - 40)
            case "truncated": value.moveWriterIndex(to: value.writerIndex - 1)
            case "junk": value = Samples.buffer("<html>")
            case "too long": value.writeRepeatingByte(0, count: 8 << 20)
            default: break
            }
            let verb = kind == "list" ? "RPUSH" : "SET"
            _ = try await fixture.raw([Samples.buffer(verb), name, value])
            #expect(await fixture.cache.entry(for: entry.key) == nil)
            #expect(fixture.metrics.count(.redisInvalid) == 1)
            try await eventually("deleted") { try await fixture.raw([Samples.buffer("EXISTS"), name]) == .integer(0) }
            #expect(fixture.cache.condition == .up)
        }
    }

    @Test("after FLUSHALL there are only misses")
    func flushed() async throws {
        try await self.withServer { fixture, _ in
            let entry = try Samples.entry()
            fixture.cache.insert(entry, lifetime: .seconds(60))
            #expect(await fixture.cache.entry(for: entry.key) != nil)
            _ = try await fixture.raw("FLUSHALL")
            #expect(await fixture.cache.entry(for: entry.key) == nil)
            #expect(fixture.metrics.count(.redisInvalid) == 0)
        }
    }

    @Test("user, password, database and TCP are used, and another database is another cache")
    func places() async throws {
        let server = try await RedisServer(tcp: true, arguments: ["--requirepass", "p@ss w"])
        let port = try #require(server.port)
        let entry = try Samples.entry()
        try await CacheFixture.withCache("redis://:p%40ss%20w@127.0.0.1:\(port)/3") { third in
            third.cache.insert(entry, lifetime: .seconds(60))
            #expect(await third.cache.entry(for: entry.key) != nil)
            try await CacheFixture.withCache("redis+unix://default:p%40ss%20w@\(server.socketPath)?db=3") { same in
                #expect(await same.cache.entry(for: entry.key) != nil)
            }
            try await CacheFixture.withCache("redis://:p%40ss%20w@localhost:\(port)") { other in
                #expect(await other.cache.entry(for: entry.key) == nil)
            }
        }
        await server.kill()
    }

    @Test(
        "a Redis that lets nobody in is told apart from one that is away",
        arguments: [
            ("redis://127.0.0.1:%/0", RedisDenial.noAuthentication),
            ("redis://:wrong@127.0.0.1:%/0", .wrongPassword),
            ("redis://:right@127.0.0.1:%/9999", .noDatabase),
        ]
    )
    func denied(url: String, denial: RedisDenial) async throws {
        let server = try await RedisServer(tcp: true, arguments: ["--requirepass", "right"])
        let port = try #require(server.port)
        let parts = url.split(separator: "%")
        let fixture = try CacheFixture("\(parts[0])\(port)\(parts[1])")
        try await eventually("denied") { fixture.cache.condition == .denied(denial) }
        #expect(await fixture.cache.entry(for: try Samples.key()) == nil)
        #expect(await fixture.cache.remove(.all) == nil)
        #expect(fixture.metrics.count(.redisDropped) == 2)
        await fixture.cache.stop()
        await server.kill()
    }

    @Test("a purge removes what it names, nothing else, and tells how much")
    func purges() async throws {
        try await self.withServer { fixture, _ in
            let foreign = ["ambassador:1:x", "ambassador:1:" + String(repeating: "a", count: 97), "other"]
            func fill() async throws {
                _ = try await fixture.raw("FLUSHALL")
                for name in foreign { _ = try await fixture.raw("SET", name, "1") }
                for number in 0..<400 {
                    let tenant = number % 2 == 0 ? "acme" : "globex"
                    let target = number % 4 < 2 ? "faq_qa" : "summary"
                    fixture.cache.insert(
                        try Samples.entry(UInt64(number), tenant: tenant, target: target),
                        lifetime: .seconds(600)
                    )
                }
                try await eventually("filled") { try await fixture.raw("DBSIZE") == .integer(403) }
            }
            let acme = try #require(TenantID("acme".utf8))
            let faq = try #require(FlowName("faq_qa"))
            let cases: [(PurgeSelection, Int)] = [
                (.all, 400), (.tenant(acme), 200), (.flow(target: faq), 200),
                (.tenantFlow(tenant: acme, target: faq), 100), (.key(try Samples.key(0)), 1),
                (.key(try Samples.key(999)), 0), (PurgeSelection(storedBefore: Samples.now), 0),
                (PurgeSelection(storedBefore: Samples.now.advanced(by: .milliseconds(1))), 400),
                (PurgeSelection(tenant: acme, text: .init(Samples.buffer("capital of France"))), 200),
                (PurgeSelection(text: .init(Samples.buffer("capital of Spain"))), 0),
                (PurgeSelection(text: .init(Samples.buffer("CAPITAL  OF  FRANCE?"), foldedTargets: .only([faq]))), 200),
            ]
            for (selection, count) in cases {
                try await fill()
                #expect(await fixture.cache.remove(selection) == Removal(removed: count))
                #expect(try await fixture.raw("DBSIZE") == .integer(Int64(403 - count)))
                for name in foreign { #expect(try await fixture.raw("EXISTS", name) == .integer(1)) }
            }
        }
    }

    @Test("more commands than may be under way are misses")
    func overload() async throws {
        let server = try await RedisServer()
        let change: (inout RedisConfiguration) -> Void = { $0.commandsMax = 4 }
        try await CacheFixture.withCache("unix:\(server.socketPath)", change) { fixture in
            server.suspend()
            let key = try Samples.key()
            await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { _ = await fixture.cache.entry(for: key) } }
                await withCheckedContinuation { continuation in
                    Task {
                        try? await eventually("dropped") { fixture.metrics.count(.redisDropped) == 16 }
                        server.resume()
                        continuation.resume()
                    }
                }
            }
            #expect(fixture.metrics.count(.redisDropped) == 16)
            #expect(fixture.metrics.count(.redisCommands, "get", "miss") == 4)
        }
        await server.kill()
    }
}
