import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// `Cache-Status` and `Age` of requests with directives.
@Suite("What a caller is told of the cache")
struct CacheStatusTests {
    @Test("why LangFlow was asked although an answer is stored")
    func reasons() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleIfError: .seconds(60))])
        #expect(await harness.ask("q", cacheControl: "no-cache").cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await harness.ask("q", cacheControl: "no-cache").cacheStatusText == "ambassador; fwd=request; stored")
        harness.clock.advance(by: .seconds(5))
        #expect(await harness.ask("q", cacheControl: "max-age=4").cacheStatusText == "ambassador; fwd=request; stored")
        #expect(
            await harness.ask("q", cacheControl: "min-fresh=60").cacheStatusText == "ambassador; fwd=request; stored"
        )
        harness.clock.advance(by: .seconds(11))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
        harness.clock.advance(by: .seconds(12))
        let accepted = await harness.ask("q", cacheControl: "max-stale=5")
        #expect(accepted.cacheStatusText == "ambassador; hit; ttl=-2; detail=memory")
        #expect(accepted.ageSeconds == 12)
    }

    @Test("that nothing was looked up or kept")
    func bypass() async {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let bypass = await harness.ask("q", cacheControl: "no-store")
        #expect(bypass.cacheStatusText == "ambassador; fwd=bypass; detail=no-store")
        #expect(bypass.ageSeconds == nil)
        #expect(harness.audit.records.last?.detail == .noStore)
    }

    @Test("that it was turned away before any cache")
    func refused() async {
        let harness = Harness(flows: ["faq": .cached()])
        let unknown = await harness.ask("q", of: "nobody")
        #expect(unknown.status == 404)
        #expect(unknown.cacheStatusText == "ambassador; detail=refused")
        let malformed = await harness.send(ByteBuffer(string: "{"))
        #expect(malformed.status == 400)
        #expect(malformed.cacheStatusText == "ambassador; detail=refused")
    }

    @Test("that nothing stored will do")
    func onlyIfCached() async {
        let harness = Harness(flows: ["faq": .cached()])
        let refused = await harness.ask("q", cacheControl: "only-if-cached")
        #expect(refused.status == 504)
        #expect(refused.cacheStatusText == "ambassador; detail=only-if-cached")
        #expect(harness.audit.records.last?.errorKind == .notStored)
        #expect(harness.upstream.calls.isEmpty)
    }

    @Test("the age of an answer that was made for another request")
    func collapsed() async {
        let harness = Harness(flows: ["faq": .cached(staleIfError: .seconds(60))])
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            for await _ in gate.stream { break }
            return try await ScriptedUpstream.echo(call, number)
        }
        let responses = await withTaskGroup(of: Response.self) { tasks in
            for _ in 0..<2 { tasks.addTask { await harness.ask("q", cacheControl: "no-cache") } }
            await harness.clock.waitForTimers(2)
            gate.continuation.yield()
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        let texts = Set(responses.map(\.cacheStatusText))
        #expect(texts == ["ambassador; fwd=miss; stored", "ambassador; fwd=miss; stored; collapsed"])
        #expect(Set(responses.map(\.ageSeconds)) == [nil, 0])
    }

    @Test("a failure over something stored says what was asked for")
    func failure() async {
        let harness = Harness(flows: ["faq": .cached(staleIfError: .seconds(60))])
        _ = await harness.ask("q")
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        let degraded = await harness.ask("q", cacheControl: "no-cache")
        #expect(degraded.cacheStatusText == "ambassador; fwd=stale; fwd-status=503; detail=degraded")
        #expect(degraded.degradation == .stale)
    }
}
