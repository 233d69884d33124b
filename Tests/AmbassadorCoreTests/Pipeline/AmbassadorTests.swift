import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct AmbassadorTests {
    @Test("an answer is fetched once and then served with its age, from memory")
    func missThenHit() async {
        let harness = Harness(flows: ["faq": .cached()])
        let miss = await harness.ask("How do I reset my password?")
        #expect(miss.status == 200)
        #expect(miss.cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(miss.ageSeconds == nil)
        harness.clock.advance(by: .seconds(7))
        let hit = await harness.ask("How do I reset my password?", wantsText: true)
        #expect(hit.text == "answer 0 to How do I reset my password?")
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=53; detail=memory")
        #expect(hit.ageSeconds == 7)
        #expect(harness.upstream.calls.count == 1)
        #expect(harness.audit.records.map(\.outcome) == [.miss, .hit])
        #expect(harness.audit.records.map(\.detail) == [nil, .memory])
        #expect(harness.audit.records[0].inputHash == harness.audit.records[1].inputHash)
    }

    @Test("a hit in memory is answered at once; what must wait says so")
    func synchronousHit() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let body = ByteBuffer(string: #"{"input":"q","flow_id":"faq"}"#)
        let request = Request(
            head: CallHead(route: .runFlow),
            traceID: .random(),
            body: body,
            receivedAt: harness.clock.now
        )
        guard case .answered(let response) = harness.ambassador.decide(request) else {
            Issue.record("the hit was not answered synchronously")
            return
        }
        #expect(response.status == 200)
    }

    @Test("LangFlow's own route and /run-flow share entries, whatever the order of the members")
    func sharedRoutes() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let body = ByteBuffer(
            string: #"{ "tweaks": {}, "input_type":"chat", "stream":false, "input_value" : "\u0071"}"#
        )
        let flow = try #require(FlowName("faq"))
        let hit = await harness.send(body, to: .langFlowRun(flow))
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
    }

    @Test("each reader of an entry gets its own session and never another's")
    func sessions() async {
        let harness = Harness(flows: ["faq": .cached()])
        let first = await harness.ask("q", session: "alice\"\\\n")
        let second = await harness.ask("q", session: "bob")
        let third = await harness.ask("q")
        #expect(first.text.contains(#""session_id":"alice\"\\\u000a""#))
        #expect(second.text.contains(#""session_id":"bob""#))
        #expect(!second.text.contains("alice") && !third.text.contains("alice") && !third.text.contains("bob"))
        let sent = ScriptedUpstream.members(of: harness.upstream.calls[0].body)["session_id"] ?? ""
        #expect(sent.utf8.count == 36)
        for response in [first, second, third] { #expect(!response.text.contains(sent)) }
    }

    @Test("a request with a session goes past the cache where sessions are not cached")
    func sessionBypass() async {
        let harness = Harness(flows: ["faq": .cached { $0.session = .bypass }])
        for _ in 0..<2 {
            let response = await harness.ask("q", session: "s")
            #expect(response.cacheStatusText == "ambassador; fwd=bypass; detail=session")
        }
        #expect(harness.upstream.calls.count == 2)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
    }

    @Test("the session is part of the key where the flow says so")
    func sessionKey() async {
        let harness = Harness(flows: ["faq": .cached { $0.session = .key }])
        let statuses = [
            await harness.ask("q", session: "a"), await harness.ask("q", session: "b"),
            await harness.ask("q", session: "a"), await harness.ask("q"), await harness.ask("q"),
        ].map(\.cacheStatusText)
        let miss = "ambassador; fwd=miss; stored"
        let hit = "ambassador; hit; ttl=60; detail=memory"
        #expect(statuses == [miss, miss, hit, miss, hit])
    }

    @Test("tenants never share an entry, unless the flow is a public one")
    func tenants() async {
        let harness = Harness(flows: ["faq": .cached(), "public": .cached { $0.isShared = true }])
        #expect(await harness.ask("q", tenant: "a", wantsText: true).text == "answer 0 to q")
        #expect(await harness.ask("q", tenant: "b", wantsText: true).text == "answer 1 to q")
        #expect(await harness.ask("q", wantsText: true).text == "answer 2 to q")
        #expect(await harness.ask("q", tenant: "a", wantsText: true).text == "answer 0 to q")
        #expect(await harness.ask("q", of: "public", tenant: "a", wantsText: true).text == "answer 3 to q")
        #expect(await harness.ask("q", of: "public", tenant: "b", wantsText: true).text == "answer 3 to q")
        let sessions = harness.upstream.calls.map { ScriptedUpstream.members(of: $0.body)["session_id"] }
        #expect(Set(sessions).count == sessions.count)
    }

    @Test("a tenant's header is refused where it is no tenant and ignored where it is not trusted")
    func tenantHeader() async {
        let trusting = Harness(flows: ["faq": .cached()])
        for header in ["", "A", "a,b", "../a", "ä", String(repeating: "a", count: 64)] {
            #expect(await trusting.ask("q", tenant: header).status == 400, "\(header)")
        }
        #expect(trusting.upstream.calls.isEmpty)
        let other = Harness(flows: ["faq": .cached()], trustsTenantHeader: false)
        #expect(await other.ask("q", tenant: "A").status == 200)
        #expect(other.audit.records.map(\.tenant) == [.default])
    }

    @Test("an unlisted flow is refused or run, as the configuration says")
    func unlisted() async {
        let denying = Harness()
        let refused = await denying.ask("q")
        #expect(refused.status == 404)
        #expect(denying.upstream.calls.isEmpty)
        #expect(denying.audit.records.map(\.outcome) == [.refused])
        let allowing = Harness(unlisted: .allow(FlowSettings()))
        let answered = await allowing.ask("q")
        #expect(answered.cacheStatusText == "ambassador; fwd=bypass; detail=policy")
    }

    @Test(
        "a body that LangFlow would misread never reaches it",
        arguments: [
            #"{"flow_id":"faq","input":123}"#, #"{"flow_id":"faq"}"#, #"{"flow_id":"faq","input":null}"#,
            #"{"flow_id":"faq","input":""}"#, #"{"input":"q"}"#, #"{"flow_id":"faq","input":"q","x":1}"#,
            #"{"flow_id":"faq","input":"q","output_type":"nope"}"#, #"{"flow_id":"faq","input":"a","input":"b"}"#,
            #"{"flow_id":"faq","input":"q","session_id":7}"#, #"{"flow_id":"faq","input":"q",}"#, "[]", "", "null",
            #"{"flow_id":"FAQ/..","input":"q"}"#,
        ]
    )
    func misreadable(body: String) async {
        let harness = Harness(flows: ["faq": .cached()])
        let response = await harness.send(ByteBuffer(string: body))
        #expect(response.status == 400)
        #expect(harness.upstream.calls.isEmpty)
        #expect(harness.audit.records.map(\.status) == [400])
    }

    @Test("tweaks are refused unless the flow allows them, and are then part of the key")
    func tweaks() async {
        let harness = Harness(flows: ["faq": .cached { $0.tweaks = ["LLM.temperature"] }])
        func body(_ tweaks: String) -> ByteBuffer {
            ByteBuffer(string: #"{"flow_id":"faq","input":"q","tweaks":\#(tweaks)}"#)
        }
        #expect(await harness.send(body(#"{"LLM":{"api_base":"http://evil"}}"#)).status == 403)
        #expect(harness.upstream.calls.isEmpty)
        #expect(
            await harness.send(body(#"{"LLM":{"temperature":0}}"#)).cacheStatusText == "ambassador; fwd=miss; stored"
        )
        #expect(
            await harness.send(body(#"{"LLM":{"temperature":1}}"#)).cacheStatusText == "ambassador; fwd=miss; stored"
        )
        #expect(await harness.send(body("{}")).cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await harness.send(body("null")).cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
    }

    @Test("a global variable is refused unless the flow allows it, and is then sent and part of the key")
    func globalVariables() async {
        let harness = Harness(flows: ["faq": .cached { $0.globalVariables = ["LANG"] }])
        let body = ByteBuffer(string: #"{"flow_id":"faq","input":"q"}"#)
        let german = GlobalVariable(name: "LANG", value: "de")
        let key = GlobalVariable(name: "OPENAI_API_KEY", value: "stolen")
        let refused = await harness.send(body, variables: [german, key])
        #expect(refused.status == 403)
        #expect(refused.text.contains(#"\"OPENAI_API_KEY\" is not allowed"#) && refused.text.contains("global_vars"))
        #expect(!refused.text.contains("stolen"))
        #expect(harness.upstream.calls.isEmpty)
        _ = await harness.send(body)
        #expect(await harness.send(body).cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(await harness.send(body, variables: [german]).cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(harness.upstream.calls.map(\.globalVariables) == [[], [german]])
    }

    @Test("every request is recorded exactly once and counted with its outcome")
    func recordedOnce() async {
        let harness = Harness(flows: ["faq": .cached { $0.price.nanosPerCall = 5 }])
        _ = await harness.ask("q")
        _ = await harness.ask("q")
        _ = await harness.send(ByteBuffer(string: "{"))
        let head = RefusedHead(traceID: .random(), route: .none, receivedAt: harness.clock.now)
        guard
            case .answered(let refused) = harness.ambassador.refuse(Refusal(.unknownRoute, "No such route."), of: head)
        else {
            Issue.record("a refusal had to wait")
            return
        }
        #expect(refused.status == 404)
        let records = harness.audit.records
        #expect(records.map(\.outcome) == [.miss, .hit, .refused, .refused])
        #expect(records.map(\.costNanos) == [5, 0, 0, 0])
        #expect(records.map(\.savedNanos) == [0, 5, 0, 0])
        #expect(records[1].responseBytes > 0 && records[1].requestBytes > 0)
        let metrics = String(buffer: PrometheusText.render(harness.registry))
        #expect(metrics.contains(#"ambassador_requests_total{flow="faq",outcome="hit",detail="memory"} 1"#))
        #expect(metrics.contains(#"ambassador_refusals_total{kind="malformed_json"} 1"#))
        #expect(metrics.contains(#"ambassador_saved_nanos_total{flow="faq"} 5"#))
    }

    @Test("a full audit log refuses before LangFlow is called")
    func auditFull() async {
        let harness = Harness(flows: ["faq": .cached()], audit: RecordingAuditLog(places: 1))
        #expect(await harness.ask("q").status == 200)
        let refused = await harness.ask("other")
        #expect(refused.status == 503)
        #expect(refused.retryAfterSeconds == 1)
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("a strict audit log holds every answer until its record is on disk")
    func auditStrict() async {
        let audit = RecordingAuditLog(durability: .strict)
        let harness = Harness(flows: ["faq": .cached()], audit: audit)
        #expect(await harness.ask("q").status == 200)
        #expect(await harness.ask("q").status == 200)
        audit.fail()
        #expect(await harness.ask("q").status == 503)
        #expect(audit.records.count == 2)
    }

    @Test("a purge reaches every cache, and a fetch under way does not bring back what it removed")
    func purge() async {
        let shared = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], shared: shared)
        _ = await harness.ask("q")
        let report = await harness.ambassador.purge(.tenant(.default))
        #expect(report == PurgeReport(memory: 1, shared: 1, store: 1))
        let ambassador = harness.ambassador
        harness.upstream.follow { call, number throws(UpstreamError) in
            _ = await ambassador.purge(.all)
            return try await ScriptedUpstream.echo(call, number)
        }
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss")
        #expect(harness.store.entries.isEmpty && shared.entries.isEmpty)
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
    }
}
