import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// What a caller gets by the age of the entry and the state of LangFlow: SPEC's table of freshness, case by case.
@Suite struct DegradedTests {
    static let outages: [UpstreamError] = [
        .unreachable(UpstreamCause(.refused)), .connectionLost(UpstreamCause(.closed)), .timeout,
        .invalid(UpstreamCause(.malformed)),
    ]

    @Test("a stale answer is served in an outage, within its time and no longer", arguments: outages)
    func staleIfError(error: UpstreamError) async {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleIfError: .seconds(100))])
        _ = await harness.ask("q")
        harness.upstream.follow(ScriptedUpstream.failing(error))
        harness.clock.advance(by: .seconds(10))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=0; detail=memory")
        harness.clock.advance(by: .seconds(50))
        let stale = await harness.ask("q", wantsText: true)
        #expect(stale.status == 200)
        #expect(stale.text == "answer 0 to q")
        #expect(stale.degradation == .stale)
        #expect(stale.ageSeconds == 60)
        harness.clock.advance(by: .seconds(51))
        #expect(await harness.ask("q").status >= 500)
    }

    @Test("a flow that is always live is still proof against outages")
    func liveButOutageProof() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .zero, staleIfError: .seconds(100))])
        #expect(await harness.ask("q", wantsText: true).text == "answer 0 to q")
        #expect(await harness.ask("q", wantsText: true).text == "answer 1 to q")
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        let stale = await harness.ask("q", wantsText: true)
        #expect(stale.text == "answer 1 to q")
        #expect(stale.degradation == .stale)
        #expect(stale.cacheStatusText == "ambassador; fwd=stale; fwd-status=503; detail=degraded")
    }

    @Test("a 5xx of LangFlow's is an outage of its flow; a 4xx is an answer")
    func statuses() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .zero, staleIfError: .seconds(100))])
        _ = await harness.ask("q")
        harness.upstream.follow(ScriptedUpstream.status(500, #"{"detail":"boom"}"#))
        #expect(await harness.ask("q").degradation == .stale)
        let failed = await harness.ask("unknown")
        #expect(failed.status == 500)
        #expect(failed.text.contains("boom"))
        harness.upstream.follow(ScriptedUpstream.status(422, #"{"detail":"no"}"#))
        let rejected = await harness.ask("q")
        #expect(rejected.status == 422)
        #expect(rejected.text == #"{"detail":"no"}"#)
        #expect(harness.audit.records.last?.outcome == .rejected)
        #expect(harness.store.entries.count == 1)
    }

    @Test("the ambassador's own key being refused is a bad gateway that readiness tells of")
    func credential() async {
        let harness = Harness(
            flows: ["faq": .cached()],
            upstream: ScriptedUpstream(ScriptedUpstream.status(403, #"{"detail":"Invalid or missing API key"}"#))
        )
        harness.readiness.becomeReady()
        #expect(await harness.ask("q").status == 502)
        let ready = harness.ambassador.probe(.ready, traceID: .random())
        #expect(ready.status == 200)
        #expect(ready.text.contains("upstream.api_key"))
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").status == 200)
        #expect(harness.ambassador.probe(.ready, traceID: .random()).text == #"{"status":"ready","degraded":[]}"#)
    }

    @Test("LangFlow's own questions for its health are answered in its words, and say when it is away")
    func langFlowHealth() async {
        var breaker = CircuitBreakerSettings()
        breaker.consecutiveFailures = 1
        let harness = Harness(
            flows: ["faq": .cached()],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused)))),
            breaker: breaker
        )
        func text(_ probe: Probe) -> String { harness.ambassador.probe(probe, traceID: .random()).text }
        #expect(text(.langFlowHealth) == #"{"status":"ok"}"#)
        #expect(text(.langFlowHealthCheck) == #"{"status":"ok","chat":"ok","db":"ok"}"#)
        #expect(
            text(.langFlowVersion) == #"{"version":"1.13.0","main_version":"1.13.0","package":"Langflow"}"#
        )
        _ = await harness.ask("q")
        #expect(text(.langFlowHealth) == #"{"status":"ok"}"#)
        let away = "error: LangFlow does not answer at the moment"
        #expect(text(.langFlowHealthCheck) == #"{"status":"ok","chat":"\#(away)","db":"\#(away)"}"#)
        #expect(harness.ambassador.probe(.langFlowHealthCheck, traceID: .random()).status == 200)
    }

    @Test("without anything stored the flow's fallback is served, else the error")
    func fallback() async {
        let harness = Harness(
            flows: ["faq": .cached { $0.fallback = "We are away." }, "bare": .cached()],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        )
        let fallback = await harness.ask("q", wantsText: true)
        #expect(fallback.status == 200)
        #expect(fallback.text == "We are away.")
        #expect(fallback.degradation == .fallback)
        #expect(harness.store.entries.isEmpty)
        let error = await harness.ask("q", of: "bare")
        #expect(error.status == 503)
        #expect(error.retryAfterSeconds != nil)
        #expect(error.text.contains(#""error":"Service temporarily unavailable""#))
        #expect(harness.audit.records.map(\.outcome) == [.degraded, .failed])
    }

    @Test("while the breaker is open LangFlow is not called and the stale answer comes at once")
    func breakerOpen() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(1), staleIfError: .seconds(1000))])
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(2))
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        for _ in 0..<5 { _ = await harness.ask("q") }
        let calls = harness.upstream.calls.count
        let stale = await harness.ask("q")
        #expect(stale.cacheStatusText == "ambassador; hit; ttl=-1; detail=degraded")
        #expect(await harness.ask("never asked before").status == 503)
        #expect(harness.upstream.calls.count == calls)
        harness.upstream.follow(ScriptedUpstream.echo)
        harness.clock.advance(by: .seconds(5))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("one flow that fails does not open the others' breaker")
    func flowBreaker() async {
        let harness = Harness(flows: ["bad": .cached(), "good": .cached(ttl: .zero, staleIfError: .seconds(1))])
        harness.upstream.follow { call, number throws(UpstreamError) in
            guard call.target.description == "good" else {
                return try await ScriptedUpstream.status(500, #"{"detail":"x"}"#)(call, number)
            }
            return try await ScriptedUpstream.echo(call, number)
        }
        for _ in 0..<20 { _ = await harness.ask("q", of: "bad") }
        #expect(harness.upstream.calls.count < 20)
        for _ in 0..<20 { #expect(await harness.ask("q", of: "good").status == 200) }
    }

    @Test("one flow's unusable answers do not open the others' breaker")
    func unusableAnswers() async {
        let harness = Harness(flows: ["bad": .cached(), "good": .cached(ttl: .zero, staleIfError: .seconds(1))])
        harness.upstream.follow { call, number throws(UpstreamError) in
            guard call.target.description == "good" else { throw .invalid(UpstreamCause(.tooLarge)) }
            return try await ScriptedUpstream.echo(call, number)
        }
        for _ in 0..<20 { _ = await harness.ask("q", of: "bad") }
        #expect(await harness.ask("q", of: "good").cacheStatusText == "ambassador; fwd=miss; stored")
    }

    @Test("a purge leaves nothing that a request found meanwhile in a place that was still full")
    func purgeWhileLookingUp() async {
        let store = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], store: store)
        _ = await harness.ask("q")
        let other = Harness(flows: ["faq": .cached()], store: store)
        // Memory is cleared first; before the store is, a request finds the entry there.
        store.beforeRemoval { _ = await other.ask("q") }
        _ = await other.ambassador.purge(.all)
        #expect(await other.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
    }

    @Test("a stale answer outlives memory and Redis: the store has it")
    func fromStore() async {
        let store = FakeResponseCache()
        let settings = FlowSettings.cached(ttl: .seconds(1), staleIfError: .seconds(1000))
        let before = Harness(flows: ["faq": settings], store: store)
        _ = await before.ask("q")
        let shared = FakeResponseCache()
        shared.goAway()
        let after = Harness(
            flows: ["faq": settings],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused)))),
            shared: shared,
            store: store
        )
        after.clock.advance(by: .seconds(2))
        let stale = await after.ask("q", wantsText: true)
        #expect(stale.text == "answer 0 to q")
        #expect(stale.degradation == .stale)
    }

    @Test("what Redis or the store has is served and kept in memory")
    func tiers() async {
        let shared = FakeResponseCache()
        let first = Harness(flows: ["faq": .cached()], shared: shared)
        _ = await first.ask("q")
        let second = Harness(flows: ["faq": .cached()], shared: shared)
        #expect(await second.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=redis")
        #expect(await second.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(second.store.entries.count == 1)
        let third = Harness(flows: ["faq": .cached()], store: first.store)
        #expect(await third.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=store")
        #expect(await third.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(second.upstream.calls.isEmpty && third.upstream.calls.isEmpty)
    }

    @Test("a stale answer is served at once while one refresh is under way")
    func staleWhileRevalidate() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleWhileRevalidate: .seconds(100))])
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(20))
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            for await _ in gate.stream { break }
            return try await ScriptedUpstream.echo(call, number)
        }
        for _ in 0..<3 {
            #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=-10; detail=memory")
        }
        gate.continuation.yield()
        #expect(await harness.ambassador.parts.flights.drain())
        #expect(harness.upstream.calls.count == 2)
        #expect(await harness.ask("q", wantsText: true).text == "answer 1 to q")
        #expect(harness.audit.records.map(\.outcome) == [.miss, .stale, .stale, .stale, .refresh, .hit])
    }

    @Test("while a breaker is open what may be refreshed is a degraded answer, since it cannot be")
    func staleWhileOpen() async {
        var breaker = CircuitBreakerSettings()
        breaker.consecutiveFailures = 1
        let harness = Harness(
            flows: ["faq": .cached(ttl: .seconds(10), staleWhileRevalidate: .seconds(100))],
            breaker: breaker
        )
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(20))
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        #expect(await harness.ask("unknown").status == 503)
        let stale = await harness.ask("q")
        #expect(stale.degradation == .stale)
        #expect(stale.cacheStatusText == "ambassador; hit; ttl=-10; detail=degraded")
        #expect(harness.audit.records.last?.outcome == .degraded)
        #expect(harness.audit.records.last?.errorDetail != nil || harness.audit.records.last?.errorKind != nil)
        #expect(harness.upstream.calls.count == 2)
    }

    @Test(
        "what must not be kept is passed on and not kept",
        arguments: [
            #"{"outputs":[]}"#,
            #"{"outputs":[{"outputs":[{"results":{"message":{"text":""}}}]}]}"#,
            #"{"outputs":[{"outputs":[{"results":{"message":{"text":"x","error":true}}}]}]}"#,
        ]
    )
    func notStorable(body: String) async {
        let harness = Harness(
            flows: ["faq": .cached(staleIfError: .seconds(100))],
            upstream: ScriptedUpstream(ScriptedUpstream.status(200, body))
        )
        let response = await harness.ask("q")
        #expect(response.status == 200)
        #expect(response.text == body)
        #expect(response.cacheStatusText == "ambassador; fwd=miss")
        #expect(harness.store.entries.isEmpty)
    }

    @Test("an answer over the entry limit is passed on and not kept")
    func tooLarge() async {
        let harness = Harness(flows: ["faq": .cached()], entryBytesMax: 600)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss")
        #expect(harness.store.entries.isEmpty)
    }

    @Test("a thousand identical misses are one call")
    func collapsed() async {
        let harness = Harness(flows: ["faq": .cached()])
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            for await _ in gate.stream { break }
            return try await ScriptedUpstream.echo(call, number)
        }
        let texts = await withTaskGroup(of: String.self) { tasks in
            for _ in 0..<1000 { tasks.addTask { await harness.ask("q", wantsText: true).text } }
            // One timer for each caller's deadline: all of them wait.
            await harness.clock.waitForTimers(1000)
            gate.continuation.yield()
            return await tasks.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts == ["answer 0 to q"])
        #expect(harness.upstream.calls.count == 1)
        #expect(harness.audit.records.count { $0.outcome == .collapsed } == 999)
    }

    @Test("a caller that leaves is recorded as gone, and the answer is kept all the same")
    func abandoned() async {
        let harness = Harness(flows: ["faq": .cached()])
        let called = AsyncStream.makeStream(of: Void.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            called.continuation.yield()
            for await _ in gate.stream { break }
            return try await ScriptedUpstream.echo(call, number)
        }
        let caller = Task { await harness.ask("q") }
        for await _ in called.stream { break }
        caller.cancel()
        _ = await caller.value
        gate.continuation.yield()
        #expect(await harness.ambassador.parts.flights.drain())
        #expect(harness.audit.records.map(\.outcome) == [.abandoned, .refresh])
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
    }
}
