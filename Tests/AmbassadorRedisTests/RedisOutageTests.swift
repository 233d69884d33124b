import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorRedis

@Suite struct RedisOutageTests {
    private static let hasRedis = RedisServer.executable != nil
    private static let noRedis: Comment = "redis-server is not on PATH"

    @Test(
        "a suspended Redis costs the calls under way their deadline, all others nothing, and is found again",
        .enabled(if: Self.hasRedis, Self.noRedis)
    )
    func suspended() async throws {
        let server = try await RedisServer()
        let entry = try Samples.entry()
        let change: (inout RedisConfiguration) -> Void = {
            $0.commandTimeout = .milliseconds(50)
            $0.connectTimeout = .milliseconds(100)
            $0.connections = 1
        }
        try await CacheFixture.withCache("unix:\(server.socketPath)", change) { fixture in
            server.suspend()
            await withTaskGroup { group in
                for _ in 0..<100 { group.addTask { #expect(await fixture.cache.entry(for: entry.key) == nil) } }
            }
            #expect(fixture.cache.condition == .away)
            let dropped = fixture.metrics.count(.redisDropped)
            let sent = fixture.metrics.count(.redisCommands)
            for _ in 0..<1000 { #expect(await fixture.cache.entry(for: entry.key) == nil) }
            fixture.cache.insert(entry, lifetime: .seconds(60))
            #expect(fixture.metrics.count(.redisDropped) == dropped + 1001)
            #expect(fixture.metrics.count(.redisCommands) == sent)
            #expect(fixture.metrics.count(.redisCommands, "get", "timeout") > 0)
            server.resume()
            try await fixture.waitUntilUp()
            try await eventually("hit") {
                fixture.cache.insert(entry, lifetime: .seconds(60))
                return await fixture.cache.entry(for: entry.key) != nil
            }
        }
        await server.kill()
    }

    @Test("a Redis that is killed is away at once and is found again, empty", .enabled(if: Self.hasRedis, Self.noRedis))
    func restarted() async throws {
        let server = try await RedisServer()
        let entry = try Samples.entry()
        try await CacheFixture.withCache("unix:\(server.socketPath)") { fixture in
            fixture.cache.insert(entry, lifetime: .seconds(60))
            #expect(await fixture.cache.entry(for: entry.key) != nil)
            await server.kill()
            try await eventually("away") { fixture.cache.condition == .away }
            #expect(await fixture.cache.entry(for: entry.key) == nil)
            try await server.start()
            try await fixture.waitUntilUp()
            #expect(await fixture.cache.entry(for: entry.key) == nil)
            fixture.cache.insert(entry, lifetime: .seconds(60))
            #expect(await fixture.cache.entry(for: entry.key) != nil)
        }
        await server.kill()
    }

    @Test("a Redis that is not there yet is found when it comes", .enabled(if: Self.hasRedis, Self.noRedis))
    func late() async throws {
        let server = try await RedisServer()
        await server.kill()
        let fixture = try CacheFixture("unix:\(server.socketPath)")
        #expect(await fixture.cache.entry(for: try Samples.key()) == nil)
        #expect(fixture.cache.condition == .away)
        try await server.start()
        try await fixture.waitUntilUp()
        await fixture.cache.stop()
        #expect(fixture.cache.condition == .away)
        #expect(await fixture.cache.entry(for: try Samples.key()) == nil)
        await server.kill()
    }

    @Test("of 1,000 forced timeouts no late reply answers another command")
    func lateReplies() async throws {
        let fake = try await FakeRedis(group: MultiThreadedEventLoopGroup.singleton) { words in
            guard words[0] == "GETRANGE" else { return nil }
            return ("$\(words[1].utf8.count)\r\n\(words[1])\r\n", .microseconds(.random(in: 0...900)))
        }
        let fixture = try CacheFixture("redis://127.0.0.1:\(fake.port)") {
            $0.commandTimeout = .milliseconds(20)
            $0.connections = 1
            $0.reconnectDelayMax = .milliseconds(1)
        }
        let mismatches = Counter()
        let answered = Counter()
        var number = 0
        while fixture.metrics.count(.redisCommands, "get", "timeout") < 1000 {
            try await fixture.waitUntilUp()
            await withTaskGroup { group in
                for _ in 0..<64 {
                    number += 1
                    let tag = ByteBuffer(string: "tag-\(number)")
                    group.addTask {
                        guard let command = RedisCommand.get(tag, bytesMax: 100),
                            case .success(let reply) = await fixture.cache.anyConnection.send(command)
                        else { return }
                        answered.increment()
                        if reply != .bulk(tag) { mismatches.increment() }
                    }
                }
            }
        }
        #expect(mismatches.value == 0)
        #expect(answered.value > 0)
        await fixture.cache.stop()
        try await fake.stop()
    }

    @Test(
        "each word of an error is a miss, whatever it does to the connection",
        arguments: [
            ("LOADING", 2), ("BUSY", 2), ("MASTERDOWN", 2), ("TRYAGAIN", 2), ("CLUSTERDOWN", 2), ("READONLY", 2),
            ("NOAUTH", 1), ("WRONGPASS", 1), ("NOPERM", 1),
            ("OOM", 1), ("MISCONF", 1), ("NOREPLICAS", 1), ("MOVED", 1), ("ASK", 1), ("ERR", 1),
        ],
        ["GETRANGE", "SET"]
    )
    func words(word: (name: String, greetingsMin: Int), verb: String) async throws {
        let fake = try await FakeRedis(group: MultiThreadedEventLoopGroup.singleton) { words in
            switch words[0] {
            case verb: ("-\(word.name) 3999 127.0.0.1:6381\r\n", .zero)
            case "GETRANGE": ("$0\r\n\r\n", .zero)
            case "SET": ("+OK\r\n", .zero)
            default: nil
            }
        }
        let change: (inout RedisConfiguration) -> Void = { $0.connections = 1 }
        try await CacheFixture.withCache("redis://127.0.0.1:\(fake.port)", change) { fixture in
            let entry = try Samples.entry()
            if verb == "SET" {
                fixture.cache.insert(entry, lifetime: .seconds(60))
            } else {
                #expect(await fixture.cache.entry(for: entry.key) == nil)
            }
            try await eventually("answered") { fixture.metrics.count(.redisCommands, "error") == 1 }
            try await eventually("greeted again") { fake.tally.count(of: "PING") >= word.greetingsMin }
            switch word.name {
            case "NOAUTH": #expect(fixture.cache.condition == .denied(.noAuthentication))
            case "WRONGPASS": #expect(fixture.cache.condition == .denied(.wrongPassword))
            case "NOPERM": #expect(fixture.cache.condition == .denied(.noPermission))
            case "OOM", "MISCONF", "NOREPLICAS":
                // Reads go on, and a write of now is not even sent.
                #expect(fixture.cache.condition == .up)
                #expect(await fixture.cache.entry(for: entry.key) == nil)
            default: try await fixture.waitUntilUp()
            }
        }
        try await fake.stop()
    }

    @Test("a Redis that says it removed more than it was asked to is not believed", arguments: [Int64.max, -1, 3])
    func countsOfRemovals(count: Int64) async throws {
        let names = Mutex<[String]>([])
        let fake = try await FakeRedis(group: MultiThreadedEventLoopGroup.singleton) { words in
            switch words[0] {
            case "SCAN":
                let found = names.withLock { $0 }.map { "$\($0.utf8.count)\r\n\($0)\r\n" }
                return ("*2\r\n$1\r\n0\r\n*\(found.count)\r\n\(found.joined())", .zero)
            case "UNLINK": return (":\(count)\r\n", .zero)
            default: return nil
            }
        }
        let change: (inout RedisConfiguration) -> Void = { $0.connections = 1 }
        try await CacheFixture.withCache("redis://127.0.0.1:\(fake.port)", change) { fixture in
            let entry = try Samples.entry()
            let name = String(buffer: fixture.cache.keySpace.name(of: entry.key))
            names.withLock { $0 = [name, name] }
            #expect(await fixture.cache.remove(.key(entry.key)) == nil)
            #expect(await fixture.cache.remove(.all) == nil)
            #expect(fake.tally.count(of: "UNLINK") == 2)
        }
        try await fake.stop()
    }

    @Test("what refuses writes is not asked again for a while")
    func pausedWrites() async throws {
        let fake = try await FakeRedis(group: MultiThreadedEventLoopGroup.singleton) { words in
            words[0] == "SET"
                ? ("-OOM command not allowed\r\n", .zero) : words[0] == "GETRANGE" ? ("$0\r\n\r\n", .zero) : nil
        }
        let change: (inout RedisConfiguration) -> Void = {
            $0.connections = 1
            $0.reconnectDelayMax = .seconds(60)
        }
        try await CacheFixture.withCache("redis://127.0.0.1:\(fake.port)", change) { fixture in
            let entry = try Samples.entry()
            // Each refusal doubles the pause, so that before long one is far longer than a look-up.
            try await eventually("paused") {
                fixture.cache.insert(entry, lifetime: .seconds(60))
                return fixture.metrics.count(.redisDropped) > 0
            }
            let asked = fake.tally.count(of: "SET")
            #expect(asked >= 1)
            #expect(await fixture.cache.entry(for: entry.key) == nil)
            #expect(fixture.cache.condition == .up)
        }
        try await fake.stop()
    }

    @Test(
        "a server that speaks something else is away",
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n<html>", "*2147483647\r\n", "$-2\r\n", "$99999999999\r\n"]
    )
    func strangers(reply: String) async throws {
        let fake = try await FakeRedis(group: MultiThreadedEventLoopGroup.singleton) { _ in (reply, .zero) }
        let fixture = try CacheFixture("redis://127.0.0.1:\(fake.port)") { $0.connections = 1 }
        try await eventually("tried twice") { fake.tally.count(of: "PING") >= 2 }
        #expect(fixture.cache.condition == .away)
        #expect(await fixture.cache.entry(for: try Samples.key()) == nil)
        await fixture.cache.stop()
        try await fake.stop()
    }
}
