import AmbassadorCore
import AmbassadorTesting
import NIOPosix
import Testing

@testable import ambassador

@Suite(.enabled(if: RedisServer.executable != nil, "redis-server is not on PATH"))
struct SharedCacheTests {
    @Test("what one ambassador fetched is a hit in the other, and a dead Redis is only a miss", .timeLimit(.minutes(1)))
    func twoReplicas() async throws {
        let redis = try await RedisServer()
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let settings = EndToEndTests.faq + "\nhot_cache: {redis: \"unix:\(redis.socketPath)\"}"
        let (first, second) = (try temporaryStore(), try temporaryStore())
        try await withAmbassador(upstream: upstream.url, store: first, settings: settings) { one in
            try await eventually { try await !one.get("/readyz").body.contains("redis") }
            try await withAmbassador(upstream: upstream.url, store: second, settings: settings) { other in
                try await eventually { try await !other.get("/readyz").body.contains("redis") }
                #expect(try await one.ask("q").cacheStatus == "ambassador; fwd=miss; stored")
                // The answer goes to Redis behind the caller's back.
                try await eventually { one.metrics.contains(#"redis_commands_total{command="set",result="ok"} 1"#) }
                #expect(try await other.ask("q").cacheStatus.hasSuffix("detail=redis"))
                #expect(try await other.ask("q").cacheStatus.hasSuffix("detail=memory"))
                await redis.kill()
                #expect(try await other.ask("another").status == 200)
                #expect(try await one.ask("q").status == 200)
            }
        }
        #expect(upstream.requests.count == 2)
        await upstream.shutdown()
    }

    @Test("a purge in one ambassador empties the other's memory and store", .timeLimit(.minutes(1)))
    func purge() async throws {
        let redis = try await RedisServer()
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let settings = EndToEndTests.faq + "\nhot_cache: {redis: \"unix:\(redis.socketPath)\"}"
        let (first, second) = (try temporaryStore(), try temporaryStore())
        try await withAmbassador(upstream: upstream.url, store: first, settings: settings) { one in
            try await withAmbassador(upstream: upstream.url, store: second, settings: settings) { other in
                try await eventually { try await !one.get("/readyz").body.contains("redis") }
                try await eventually { try await !other.get("/readyz").body.contains("redis") }
                for question in ["a", "b"] { _ = try await (one.ask(question), other.ask(question)) }
                #expect(try await other.ask("a").cacheStatus.contains("hit"))
                let result = try await one.admin.purge(PurgeRequest(flow: FlowName("faq")))
                #expect(result.isComplete)
                #expect(result.replicas == "told")
                try await eventually("empty") { other.assembly.ambassador.statistics.memoryEntries == 0 }
                let calls = upstream.requests.count
                #expect(try await one.ask("a").cacheStatus.contains("fwd=miss"))
                try await eventually("a miss") { try await other.ask("b").cacheStatus.contains("fwd=miss") }
                #expect(upstream.requests.count == calls + 2)
                await redis.kill()
                try await eventually { try await one.get("/readyz").body.contains("redis") }
                let pending = try await one.admin.purge(PurgeRequest(all: true))
                #expect(!pending.isComplete)
                #expect(pending.replicas == "pending")
                try await redis.start()
                try await eventually("told later") { other.assembly.ambassador.statistics.memoryEntries == 0 }
            }
        }
        await upstream.shutdown()
    }
}
