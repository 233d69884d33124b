import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Errors that something before LangFlow gives, or in its place: what callers get of each, and what operators are told.
@Suite struct GatewayAnswerTests {
    /// Stands in every body: a caller must never see it.
    private static let mark = "squid-7.internal.example"

    struct Case: Sendable, CustomTestStringConvertible {
        let status: Int
        let type: String
        let body: String
        var retryAfter: Int?
        /// What a caller gets that nothing else can be served.
        let expected: Int
        let kind: Refusal.Kind
        let fault: UpstreamFault

        var testDescription: String { "\(self.status) \(self.type) \(self.body.prefix(24))" }
    }

    private static func page(
        _ status: Int,
        _ fault: UpstreamFault = .gateway,
        type: String = "text/html",
        _ body: String = "<html><center>nginx \(mark)</center></html>"
    ) -> Case {
        Case(status: status, type: type, body: body, expected: 502, kind: .upstreamGateway, fault: fault)
    }

    private static func limit(_ type: String, _ body: String, retryAfter: Int? = nil) -> Case {
        Case(
            status: 429,
            type: type,
            body: body,
            retryAfter: retryAfter,
            expected: 429,
            kind: .upstreamLimited,
            fault: .limited
        )
    }

    private static func failed(_ status: Int, _ fault: UpstreamFault, retryAfter: Int? = nil) -> Case {
        Case(
            status: status,
            type: "text/html",
            body: "<html>\(mark)</html>",
            retryAfter: retryAfter,
            expected: status,
            kind: .upstreamFailed,
            fault: fault
        )
    }

    private static let json = "application/json"

    static let cases: [Case] = [
        page(404, .wrongPath), page(404, .wrongPath, type: "", ""),
        page(404, .wrongPath, type: "text/plain", "404 page not found \(mark)"),
        page(404, .wrongPath, type: json, #"{"message":"no Route matched with those values \#(mark)"}"#),
        // FastAPI's own words: another program, or LangFlow under another path.
        page(404, .wrongPath, type: json, #"{"detail":"Not Found"}"#),
        page(404, .wrongPath, type: json, #"{"detail":"Not Found""#),
        page(404, .wrongPath, type: json, "[]"), page(404, .wrongPath, type: json, "\"detail\""),
        page(404, .wrongPath, type: "application/problem+json", #"{"detail":"\#(mark)","type":"about:blank"}"#),
        page(405, .wrongPath), page(405, .wrongPath, type: json, #"{"detail":"Method Not Allowed"}"#),
        page(400), page(400, type: "text/plain", "Invalid HTTP request received. \(mark)"),
        page(400, type: "text/html", "The plain HTTP request was sent to HTTPS port \(mark)"),
        page(401), page(401, type: json, #"{"error":"invalid_token \#(mark)"}"#),
        page(403), page(403, type: json, #"{"message":"Forbidden \#(mark)"}"#),
        page(403, type: json, #"{"error":"blocked by rule 942100 \#(mark)"}"#),
        page(407), page(408), page(409), page(410), page(411), page(413), page(414), page(415), page(417),
        page(421, type: "text/plain", "misdirected \(mark)"), page(422), page(425), page(426), page(431), page(451),
        page(499),
        limit("text/html", "<html>\(mark)</html>", retryAfter: 7), limit("text/plain", "Too Many Requests \(mark)"),
        limit(json, #"{"message":"API rate limit exceeded \#(mark)"}"#, retryAfter: 30),
        limit("", "", retryAfter: 86_400),
        failed(502, .status502), failed(503, .status503), failed(503, .status503, retryAfter: 5),
        failed(504, .status504), failed(520, .status5xx), failed(500, .status500),
    ]

    private static func upstream(_ item: Case) -> ScriptedUpstream {
        ScriptedUpstream { _, _ throws(UpstreamError) in
            .sample(item.status, item.type, item.body, retryAfterSeconds: item.retryAfter)
        }
    }

    @Test("is an outage: an error of ours that says nothing of it", arguments: cases)
    func error(item: Case) async throws {
        let harness = Harness(flows: ["bare": .cached()], upstream: Self.upstream(item))
        let answer = await harness.ask("q", of: "bare")
        #expect(answer.status == item.expected)
        #expect(answer.retryAfterSeconds == item.retryAfter)
        #expect(answer.text.contains(#""type":"urn:ambassador:problem:\#(item.kind.rawValue)""#))
        #expect(!answer.text.contains(Self.mark) && !answer.text.contains("<html"))
        let record = try #require(harness.audit.records.last)
        #expect(record.outcome == .failed)
        #expect(record.errorKind == item.kind)
        #expect(record.errorDetail == .upstream(item.fault))
        #expect(harness.failures(item.fault) == 1)
        let streamed = await harness.ask("another", of: "bare", wantsStream: true)
        #expect(streamed.status == (item.retryAfter == nil ? 200 : item.expected))
    }

    @Test("is an outage: a stored answer goes before it, and then the flow's fallback", arguments: cases)
    func degrades(item: Case) async throws {
        let harness = Harness(flows: [
            "faq": .cached(ttl: .seconds(10), staleIfError: .seconds(100)) { $0.fallback = "We are away." }
        ])
        _ = await harness.ask("known")
        harness.clock.advance(by: .seconds(20))
        harness.upstream.follow { _, _ throws(UpstreamError) in
            .sample(item.status, item.type, item.body, retryAfterSeconds: item.retryAfter)
        }
        let stale = await harness.ask("known", wantsText: true)
        #expect(stale.status == 200)
        #expect(stale.degradation == .stale)
        #expect(stale.text == "answer 0 to known")
        #expect(stale.cacheStatusText == "ambassador; fwd=stale; fwd-status=\(item.expected); detail=degraded")
        let fallback = await harness.ask("unknown", wantsText: true)
        #expect(fallback.status == 200)
        #expect(fallback.degradation == .fallback)
        #expect(fallback.text == "We are away.")
        #expect(harness.audit.records.map(\.outcome) == [.miss, .degraded, .degraded])
        #expect(harness.audit.records.last?.errorKind == (item.retryAfter == nil ? item.kind : .upstreamLimited))
        #expect(harness.store.entries.count == 1)
    }

    @Test("a gateway's refusals stop no flow, and are told by readiness from the first one to LangFlow's next answer")
    func readiness() async {
        let harness = Harness(flows: ["faq": .cached(ttl: .zero)])
        harness.readiness.add("langflow") { harness.health.complaint }
        harness.readiness.becomeReady()
        harness.upstream.follow { _, _ throws(UpstreamError) in .sample(404, "text/html", Self.mark) }
        for number in 0..<40 {
            #expect(await harness.ask("q \(number)").status == 502)
            let report = harness.ambassador.probe(.ready, traceID: .random())
            #expect(report.status == 200)
            #expect(
                report.text.contains(#"{"part":"langflow","reason":"LangFlow is not reached: the path is not known"#)
            )
            #expect(!report.text.contains(Self.mark))
        }
        #expect(harness.upstream.calls.count == 40)
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").status == 200)
        #expect(harness.ambassador.probe(.ready, traceID: .random()).text == #"{"status":"ready","degraded":[]}"#)
    }

    @Test(
        "what LangFlow refuses itself is passed on with its own words",
        arguments: [
            (400, json, #"{"detail":"There was an error parsing the body"}"#),
            (404, json, #"{"detail":"Flow identifier faq not found"}"#),
            (404, json, #"{"detail":{"error":"Flow not found","code":"FLOW_NOT_FOUND"}}"#),
            (422, json, #"{"detail":[{"type":"missing","loc":["body","input_request"],"msg":"Field required"}]}"#),
            (422, json, #"{"detail":{"error":"Refused tweaks","code":"TWEAKS_REFUSED"}}"#),
            (429, json, #"{"detail":"slow down"}"#),
            // Another ambassador before LangFlow.
            (404, "application/problem+json", #"{"detail":"no","type":"urn:ambassador:problem:unknown_flow"}"#),
        ] as [(Int, String, String)]
    )
    func passedOn(status: Int, type: String, body: String) async {
        let harness = Harness(
            flows: ["faq": .cached { $0.fallback = "away" }],
            upstream: ScriptedUpstream { _, _ throws(UpstreamError) in
                .sample(status, type, body, retryAfterSeconds: 9)
            }
        )
        let answer = await harness.ask("q")
        #expect(answer.status == status)
        #expect(answer.text == body)
        #expect(answer.retryAfterSeconds == (status == 429 ? 9 : nil))
        #expect(harness.audit.records.map(\.outcome) == [.rejected])
    }

    @Test("a key that LangFlow refuses is told from a gateway's 403")
    func credential() async {
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.follow { _, _ throws(UpstreamError) in .sample(403, "text/html", "<html>no</html>") }
        _ = await harness.ask("q")
        #expect(harness.audit.records.last?.errorKind == .upstreamGateway)
        #expect(!harness.ambassador.probe(.ready, traceID: .random()).text.contains("api_key"))
        harness.upstream.follow(ScriptedUpstream.status(403, #"{"detail":"Invalid or missing API key"}"#))
        _ = await harness.ask("q")
        #expect(harness.audit.records.last?.errorKind == .upstreamCredential)
        #expect(harness.ambassador.probe(.ready, traceID: .random()).text.contains("api_key"))
    }

    @Test("who asks to wait is not called until then, and others are", arguments: [429, 503])
    func waits(status: Int) async {
        let harness = Harness(flows: ["faq": .cached(ttl: .zero), "other": .cached(ttl: .zero)])
        harness.upstream.follow { call, number throws(UpstreamError) in
            guard call.target.description == "faq" else { return try await ScriptedUpstream.echo(call, number) }
            return .sample(status, "text/plain", "wait", retryAfterSeconds: 7)
        }
        #expect(await harness.ask("q").retryAfterSeconds == 7)
        harness.clock.advance(by: .seconds(2))
        let held = await harness.ask("q")
        #expect(held.status == status)
        #expect(held.retryAfterSeconds == 5)
        #expect(await harness.ask("q", wantsStream: true).status == status)
        #expect(harness.upstream.calls.count == 1 && harness.upstream.streamedCalls.isEmpty)
        #expect(harness.audit.records.last?.attempts == 0)
        #expect(await harness.ask("q", of: "other").status == 200)
        harness.clock.advance(by: .seconds(5))
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").status == 200)
    }

    @Test("a wish to wait for a day is passed on, and kept to for a minute")
    func waitsNoLonger() async {
        let harness = Harness(
            flows: ["faq": .cached(ttl: .zero)],
            upstream: ScriptedUpstream { _, _ throws(UpstreamError) in
                .sample(429, "text/plain", "wait", retryAfterSeconds: 86_400)
            }
        )
        #expect(await harness.ask("q").retryAfterSeconds == 86_400)
        #expect(await harness.ask("q").retryAfterSeconds == 60)
        harness.clock.advance(by: .seconds(60))
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").status == 200)
    }
}
