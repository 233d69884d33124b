import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Streams that are not quite what LangFlow's framing and RFC 8259 say: handed on byte for byte, never stored, and nobody's failure.
@Suite struct OddStreamTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// The records, without their empty lines, and how the stream goes on behind the last one.
        var records: [String]
        var tail = ""
        var failing: UpstreamError?
        /// What the reader gets; all records where `nil`.
        var read: [String]?

        var testDescription: String { self.name }
    }

    private static let result =
        #"{"session_id":"s","outputs":[{"outputs":[{"results":{"message":{"text":"answer"}}}]}]}"#
    private static let end = #"{"event": "end", "data": {"result": \#(result)}}"#

    private static func token(_ chunk: String) -> String {
        #"{"event": "token", "data": {"chunk": "\#(chunk)", "id": "t"}}"#
    }

    private static func odd(_ name: String, _ records: String...) -> Case {
        Case(name: name, records: records + [end])
    }

    static let cases: [Case] = [
        odd("halves of an emoji", token(#"\ud83d"#), token(#"\ude42"#)),
        odd("a first half alone", token(#"\ud83d"#)), odd("a second half alone", token(#"a\udc00b"#)),
        odd("two first halves", token(#"\ud83d\ud83d"#)), odd("halves the wrong way round", token(#"\ude42\ud83d"#)),
        odd("a half before another escape", token(#"\ud83d\n"#)), odd("upper-case halves", token(#"\uD83D"#)),
        odd("a half as a name", #"{"event": "token", "data": {"chunk": "a", "\ud83d": 1}}"#),
        odd("NaN", #"{"event": "token", "data": {"chunk": "a", "score": NaN}}"#),
        odd("Infinity", #"{"event": "token", "data": {"chunk": "a", "score": Infinity}}"#),
        odd("-Infinity", #"{"event": "token", "data": {"chunk": "a", "score": [-Infinity, -1]}}"#),
        odd("a number beyond a double", #"{"event": "token", "data": {"chunk": "a", "score": 1e999}}"#),
        odd("a name that comes twice", #"{"event": "token", "data": {"chunk": "a", "chunk": "b"}}"#),
        odd("a trailing comma", #"{"event": "token", "data": {"chunk": "a",}}"#),
        odd("single quotes", "{'event': 'token', 'data': {'chunk': 'a'}}"),
        odd("a control character", "{\"event\": \"token\", \"data\": {\"chunk\": \"a\u{1}\"}}"),
        odd("a byte order mark", "\u{FEFF}" + token("a")),
        odd(
            "deep nesting",
            #"{"event": "token", "data": "# + String(repeating: "[", count: 600) + "1"
                + String(repeating: "]", count: 600) + "}"
        ),
        odd("a list", "[1, 2]"), odd("a number", "42"), odd("a text", "\"hello\""), odd("null", "null"),
        odd("no event", #"{"data": {"chunk": "a"}}"#), odd("no data", #"{"event": "token"}"#),
        odd("an event that is no text", #"{"event": 7, "data": {}}"#),
        odd("plain text", "Keep calm"), odd("a comment of server-sent events", ": keep-alive"),
        odd("a server-sent event", "event: token\ndata: {\"chunk\": \"a\"}"),
        Case(
            name: "NaN in the end",
            records: [
                token("a"), #"{"event": "end", "data": {"result": \#(result), "score": NaN}}"#,
            ]
        ),
        Case(
            name: "half an emoji in the end",
            records: [
                token("a"),
                #"{"event": "end", "data": {"result": {"outputs":[{"outputs":[{"results":{"message":{"text":"\ud83d"}}}]}]}}}"#,
            ]
        ),
        Case(name: "an end without a result", records: [token("a"), #"{"event": "end", "data": {}}"#]),
        Case(name: "an end without its empty line", records: [token("a")], tail: end, read: [token("a"), end]),
        Case(name: "another record behind the end", records: [token("a"), end, token("b")], read: [token("a"), end]),
        Case(
            name: "an error behind the end",
            records: [
                token("a"), end, #"{"event": "error", "data": {"text": "late"}}"#,
            ],
            read: [token("a"), end]
        ),
        Case(name: "half a record behind the end", records: [token("a"), end], tail: #"{"event": "to"#),
        Case(name: "a second end", records: [token("a"), end, end], read: [token("a"), end]),
        Case(
            name: "a connection lost behind the end",
            records: [token("a"), end],
            failing: .connectionLost(UpstreamCause(.reset))
        ),
        Case(
            name: "broken framing behind the end",
            records: [token("a"), end],
            failing: .invalid(UpstreamCause(.malformed))
        ),
        Case(name: "no time left behind the end", records: [token("a"), end], failing: .timeout),
    ]

    private static func text(_ records: [String]) -> String {
        records.map { $0 + "\n\n" }.joined()
    }

    private static func follow(_ item: Case, in harness: Harness) {
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            // Each byte on its own would be another test: here a record is a piece, and so is what follows.
            let pieces = item.records.map { $0 + "\n\n" } + (item.tail.isEmpty ? [] : [item.tail])
            return ScriptedStream(pieces, failing: item.failing).opening()
        }
    }

    @Test("is handed on as it is and not stored, twenty times, and no breaker opens", arguments: cases)
    func handedOn(item: Case) async throws {
        let harness = Harness(flows: ["faq": .cached(staleIfError: .seconds(60)) { $0.fallback = "away" }])
        Self.follow(item, in: harness)
        for number in 0..<20 {
            let reading = await StreamReading(await harness.ask("q", wantsStream: true))
            let expected = Self.text(item.read ?? item.records)
            #expect(reading.text == expected || reading.text + "\n\n" == expected)
            #expect(reading.isComplete)
            #expect(harness.upstream.streamedCalls.count == number + 1)
        }
        #expect(harness.store.entries.isEmpty)
        #expect(harness.audit.records.map(\.outcome) == [Outcome](repeating: .miss, count: 20))
        #expect(harness.audit.records.allSatisfy { $0.errorKind == nil && $0.status == 200 })
        #expect(harness.ambassador.parts.breaker.state == .closed)
        let flow = try harness.ambassador.flow(named: try #require(FlowName("faq")), authorize: { _ in })
        #expect(flow.breaker.state == .closed)
        #expect(UpstreamFault.allCases.allSatisfy { harness.failures($0) == 0 })
    }

    @Test("the same stream without anything odd is stored")
    func ordinary() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        Self.follow(Case(name: "", records: [Self.token("a"), Self.end]), in: harness)
        let first = await StreamReading(await harness.ask("q", wantsStream: true))
        let second = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(first.text == Self.text([Self.token("a"), Self.end]))
        #expect(second.text == first.text)
        #expect(harness.upstream.streamedCalls.count == 1)
    }

    @Test("a stream that is only its end is answered at once, and stored")
    func onlyAnEnd() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        Self.follow(Case(name: "", records: [Self.end]), in: harness)
        let reading = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(reading.text == Self.text([Self.end]))
        #expect(harness.store.entries.count == 1)
    }

    @Test("an error before an end and nothing else is an error, or a stored answer, at once")
    func errorThenEnd() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleIfError: .seconds(3600))])
        let error = #"{"event": "error", "data": {"text": "no luck"}}"#
        _ = await StreamReading(await harness.ask("known", wantsStream: true))
        harness.clock.advance(by: .seconds(60))
        Self.follow(Case(name: "", records: [error, Self.end]), in: harness)
        let failed = await harness.ask("unknown", wantsStream: true)
        #expect(failed.status == 500)
        #expect(failed.text.contains("no luck"))
        #expect(await harness.ask("known", wantsStream: true).degradation == .stale)
    }

    @Test(
        "a record that cannot be read and may tell of a failure is replaced",
        arguments: [
            #"{"event": "error", "data": {"text": "x", "traceback": "File \"/venv/lib/x.py\"",}}"#,
            #"data: {"event": "error", "data": {"text": "/venv/lib/x.py"}}"#,
            "Traceback (most recent call last): /venv/lib/x.py",
            #"{"event": "add_message", "data": {"error": true, "text": "/venv/lib/x.py",}}"#,
        ]
    )
    func hiddenFailures(record: String) async throws {
        let harness = Harness(flows: ["faq": .cached()])
        Self.follow(Case(name: "", records: [Self.token("a"), record, Self.end]), in: harness)
        let reading = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(!reading.text.contains("venv") && !reading.text.contains("raceback"))
        #expect(try reading.events == ["token", "error", "end"])
        #expect(harness.store.entries.isEmpty)
    }

    @Test("halves of an emoji stay halves in the OpenAI-compatible call, where a client joins them")
    func responses() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let tokens = [Self.token(#"\ud83d"#), Self.token(#"\ude42"#)]
        Self.follow(Case(name: "", records: tokens + [Self.end]), in: harness)
        let body = ByteBuffer(string: #"{"model":"faq","input":"q","stream":true}"#)
        let reading = await StreamReading(await harness.send(body, to: .langFlowResponses))
        #expect(reading.text.contains(#""content":"\ud83d""#) && reading.text.contains(#""content":"\ude42""#))
    }

    @Test("a plain answer that is folded from an odd stream, or odd itself, is passed on and not stored")
    func plain() async throws {
        let odd = #"{"outputs":[{"outputs":[{"results":{"message":{"text":"a\ud83d"}}}]}],"score":NaN}"#
        let harness = Harness(
            flows: ["faq": .cached()],
            upstream: ScriptedUpstream { _, _ throws(UpstreamError) in .sample(200, "application/json", odd) }
        )
        for _ in 0..<10 { #expect(await harness.ask("q").text == odd) }
        #expect(await harness.ask("q", wantsText: true).text == "a\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(harness.upstream.calls.count == 11)
        #expect(harness.store.entries.isEmpty)
        #expect(harness.audit.records.allSatisfy { $0.outcome == .miss })
        var settings = FlowSettings()
        settings.cancelsAbandoned = true
        let folding = Harness(flows: ["faq": settings])
        Self.follow(
            Case(name: "", records: [#"{"event": "end", "data": {"result": \#(odd)}}"#]),
            in: folding
        )
        #expect(await folding.ask("q").text == odd)
        #expect(folding.upstream.streamedCalls.count == 1)
    }
}
