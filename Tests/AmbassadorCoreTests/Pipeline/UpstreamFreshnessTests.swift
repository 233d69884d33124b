import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// What LangFlow's answers, or those of a cache before it, say of their freshness, and what callers then get.
@Suite struct UpstreamFreshnessTests {
    private static func follow(_ freshness: AnswerFreshness, in harness: Harness) {
        harness.upstream.follow { call, number throws(UpstreamError) in
            let answer = try await ScriptedUpstream.echo(call, number)
            return UpstreamAnswer(
                status: 200,
                contentType: "application/json",
                body: answer.body,
                freshness: freshness
            )
        }
        harness.upstream.followStreams { call, number throws(UpstreamError) in
            ScriptedStream(ScriptedUpstream.records(of: call, number)).opening(freshness)
        }
    }

    private static func goAway(_ harness: Harness) {
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        harness.upstream.followStreams { _, _ throws(UpstreamError) in throw .unreachable(UpstreamCause(.refused)) }
    }

    private static let lasting = FlowSettings.cached(
        ttl: .seconds(3600),
        staleWhileRevalidate: .seconds(600),
        staleIfError: .seconds(86_400)
    )

    @Test("its age counts towards the flow's ttl and its own lifetime", arguments: [false, true])
    func age(isStream: Bool) async {
        let harness = Harness(flows: ["faq": Self.lasting])
        Self.follow(AnswerFreshness(age: .seconds(3000)), in: harness)
        let miss = await harness.ask("q", wantsStream: isStream)
        if isStream { _ = await StreamReading(miss) } else { #expect(miss.ageSeconds == 3000) }
        let hit = await harness.ask("q", wantsStream: isStream)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=600; detail=memory")
        #expect(hit.ageSeconds == 3000)
        harness.clock.advance(by: .seconds(601))
        #expect(await harness.ask("q", wantsStream: isStream).ageSeconds == 3601)
        #expect(harness.audit.records.map(\.outcome) == [.miss, .hit, .stale])
    }

    @Test("an answer older than its lifetime is stale from the start: asked anew each time, and served in an outage")
    func bornStale() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(86_400), staleIfError: .seconds(86_400))])
        Self.follow(AnswerFreshness(lifetimeMax: .seconds(3600), age: .seconds(7200)), in: harness)
        for number in 0..<3 {
            #expect(await harness.ask("q", wantsText: true).text == "answer \(number) to q")
        }
        Self.goAway(harness)
        let stale = await harness.ask("q", wantsText: true)
        #expect(stale.degradation == .stale)
        #expect(stale.ageSeconds == 7200)
    }

    @Test("an age beyond all that the flow keeps is not stored")
    func tooOld() async {
        let harness = Harness(flows: ["faq": Self.lasting])
        Self.follow(AnswerFreshness(age: .seconds(2_147_483_648)), in: harness)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss")
        #expect(harness.store.entries.isEmpty)
    }

    @Test("the smaller of its lifetime and the flow's ttl counts", arguments: [10, 7200])
    func smaller(seconds: Int) async {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(60), staleIfError: .seconds(60))])
        Self.follow(AnswerFreshness(lifetimeMax: .seconds(seconds)), in: harness)
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(min(seconds, 60)))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=0; detail=memory")
        harness.clock.advance(by: .milliseconds(1))
        #expect(await harness.ask("q").cacheStatusText?.contains("fwd=") == true)
    }

    @Test(
        "what forbids it is never served stale: not while it is refreshed, not in an outage, not to who takes it",
        arguments: [nil, 60],
        [false, true]
    )
    func forbidden(seconds: Int?, isStream: Bool) async {
        let harness = Harness(flows: ["faq": Self.lasting])
        let lifetime = seconds.map { Duration.seconds($0) }
        Self.follow(AnswerFreshness(lifetimeMax: lifetime, forbidsStale: true), in: harness)
        _ = await StreamReading(await harness.ask("q", wantsStream: isStream))
        harness.clock.advance(by: .seconds((seconds ?? 3600) - 1))
        Self.goAway(harness)
        // To its last second it is fresh.
        #expect(
            await harness.ask("q", wantsStream: isStream).cacheStatusText == "ambassador; hit; ttl=1; detail=memory"
        )
        harness.clock.advance(by: .seconds(2))
        #expect(await harness.ask("q", wantsStream: isStream).status == 503)
        #expect(await harness.ask("q", wantsStream: isStream, cacheControl: "max-stale").status == 503)
        #expect(await harness.ask("q", wantsStream: isStream, cacheControl: "only-if-cached, max-stale").status == 504)
    }

    @Test("a fallback of another ambassador is passed on as one, and never stored", arguments: [false, true])
    func innerFallback(isStream: Bool) async {
        let harness = Harness(flows: ["faq": Self.lasting])
        Self.follow(AnswerFreshness(lifetimeMax: .zero, degradation: .fallback), in: harness)
        for number in 0..<2 {
            let answer = await harness.ask("q", wantsStream: isStream)
            #expect(answer.status == 200)
            #expect(answer.degradation == .fallback)
            #expect(answer.cacheStatusText == "ambassador; fwd=miss; fwd-status=200; detail=fallback")
            #expect(await StreamReading(answer).text.contains("answer \(number) to q"))
        }
        #expect(harness.store.entries.isEmpty)
        #expect(harness.audit.records.map(\.outcome) == [.degraded, .degraded])
        #expect(harness.audit.records.map(\.detail) == [.fallback, .fallback])
        #expect(harness.audit.records.map(\.attempts) == [1, 1])
        #expect(harness.ambassador.parts.breaker.state == .closed)
    }

    @Test("LangFlow's own answer, however stale, goes before another ambassador's fallback", arguments: [false, true])
    func innerFallbackOverStale(isStream: Bool) async throws {
        let settings = FlowSettings.cached(ttl: .seconds(10), staleIfError: .seconds(3600)) {
            $0.price.nanosPerCall = 5
        }
        let harness = Harness(flows: ["faq": settings])
        _ = await StreamReading(await harness.ask("q", wantsStream: isStream))
        harness.clock.advance(by: .seconds(60))
        Self.follow(AnswerFreshness(lifetimeMax: .zero, degradation: .fallback), in: harness)
        let stale = await harness.ask("q", wantsStream: isStream)
        #expect(stale.degradation == .stale)
        #expect(stale.ageSeconds == 60)
        #expect(await StreamReading(stale).text.contains("answer 0 to q"))
        try await eventually("the call is recorded") {
            harness.audit.records.map(\.attempts).reduce(0, +) == 2
        }
        // The inner one's fallback costs nothing.
        #expect(harness.audit.records.map(\.costNanos).reduce(0, +) == 5)
        #expect(harness.store.entries.count == 1)
    }

    @Test("a stale answer of another ambassador is passed on as one, with its age")
    func innerStale() async {
        let harness = Harness(flows: ["faq": Self.lasting])
        Self.follow(AnswerFreshness(lifetimeMax: .zero, age: .seconds(99), degradation: .stale), in: harness)
        let answer = await harness.ask("q")
        #expect(answer.degradation == .stale)
        #expect(answer.ageSeconds == 99)
        #expect(answer.cacheStatusText == "ambassador; fwd=miss; fwd-status=200; detail=degraded")
        #expect(harness.store.entries.isEmpty)
    }
}
