import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// LangFlow's OpenAI-compatible call as LangFlow answers it, as a view of the run call.
@Suite struct LangFlowResponsesTests {
    private static func ask(_ harness: Harness, _ members: String) async -> Response {
        await harness.send(ByteBuffer(string: #"{"model":"faq",\#(members)}"#), to: .langFlowResponses)
    }

    private static func json(_ response: Response) throws -> JSONValue {
        try JSONParser.parse(response.content.bytes)
    }

    @Test("it is one entry with the run call's, in another form")
    func sharesEntries() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let hit = await Self.ask(harness, #""input":"q","previous_response_id":"mine""#)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        let answer = try Self.json(hit)
        #expect(answer["id"]?.string?.text == "mine")
        #expect(answer["previous_response_id"]?.string?.text == "mine")
        #expect(answer["model"]?.string?.text == "faq")
        #expect(answer["status"]?.string?.text == "completed")
        let content = answer["output"]?.array?.first?["content"]?.array?.first
        #expect(content?["text"]?.string?.text == "answer 0 to q")
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("a response's id goes on with its conversation, and LangFlow gets one session for both")
    func session() async throws {
        let harness = Harness(flows: ["faq": FlowSettings()])
        let first = try Self.json(await Self.ask(harness, #""input":"a""#))
        let id = try #require(first["id"]?.string?.text)
        #expect(first["previous_response_id"] == .null)
        let second = try Self.json(await Self.ask(harness, #""input":"b","previous_response_id":"\#(id)""#))
        #expect(second["id"]?.string?.text == id)
        let sessions = harness.upstream.calls.map { ScriptedUpstream.members(of: $0.body)["session_id"] }
        #expect(Set(sessions).count == 1)
        #expect(sessions.first != id)
    }

    @Test("a stream is told in chunks, live and replayed, with one created time and one id")
    func streamed() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let members = #""input":"q","stream":true,"previous_response_id":"s""#
        let live = await StreamReading(await Self.ask(harness, members))
        #expect(live.isComplete)
        let chunk = #"data: {"id":"s","object":"response.chunk","created":1767225600,"model":"faq","delta":{"#
        #expect(
            live.records == [
                chunk + #""content":""},"status":null,"finish_reason":null}"#,
                chunk + #""content":"answer 0 "},"status":null,"finish_reason":null}"#,
                chunk + #""content":"to q"},"status":null,"finish_reason":null}"#,
                chunk + #"},"status":"completed","finish_reason":"stop"}"#,
                "event: response.completed\n"
                    + #"data: {"type":"response.completed","response":{"id":"s","object":"response","#
                    + #""created_at":1767225600,"status":"completed","model":"faq","usage":null}}"#,
                "data: [DONE]",
            ]
        )
        let hit = await Self.ask(harness, members)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(hit.text == live.text)
        #expect(harness.upstream.streamedCalls.count == 1)
    }

    @Test("a flow without tokens has its text all the same")
    func withoutTokens() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.followStreams { call, _ throws(UpstreamError) in
            let records = ScriptedUpstream.records(of: call)
            return ScriptedStream([records[0], records[3]]).opening()
        }
        let live = await StreamReading(await Self.ask(harness, #""input":"q","stream":true"#))
        #expect(live.records.count == 5)
        #expect(live.records[1].contains(#""delta":{"content":"answer 0 to q"}"#))
    }

    @Test("a failure on the way is told as one, once; a cut has no end")
    func failures() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let user = "{\"event\": \"add_message\", \"data\": {\"text\": \"q\"}}\n\n"
        let error = "{\"event\": \"error\", \"data\": {\"error\": \"no luck\"}}\n\n"
        harness.upstream.followStreams { _, _ throws(UpstreamError) in ScriptedStream([user, error, error]).opening() }
        let failed = await StreamReading(await Self.ask(harness, #""input":"q","stream":true"#))
        #expect(failed.isComplete)
        #expect(failed.records.count == 3)
        #expect(failed.records[1].contains(#""delta":{"content":"no luck"},"status":"failed","finish_reason":"error""#))
        #expect(failed.records[2] == "data: [DONE]")
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            ScriptedStream([user], failing: .connectionLost(UpstreamCause(.closed))).opening()
        }
        let cut = await StreamReading(await Self.ask(harness, #""input":"r","stream":true"#))
        #expect(!cut.isComplete)
        #expect(cut.records.last?.contains(#""status":"failed""#) == true)
    }

    @Test(
        "what it cannot do is refused with the member's name",
        arguments: [
            (#"{"input":"q"}"#, "Missing model"), (#"{"model":"a b","input":"q"}"#, "\"model\""),
            (#"{"model":"faq"}"#, "input is missing"),
            (#"{"model":"faq","input":[{"role":"user"}]}"#, "\"input\" must be"),
            (#"{"model":"faq","input":"q","tools":[{}]}"#, "\"tools\""),
            (#"{"model":"faq","input":"q","background":true}"#, "\"background\""),
            (#"{"model":"faq","input":"q","stream":1}"#, "\"stream\" must be"),
        ]
    )
    func refused(body: String, reason: String) async {
        let harness = Harness(flows: ["faq": .cached()])
        let response = await harness.send(ByteBuffer(string: body), to: .langFlowResponses)
        #expect(response.status == 400)
        #expect(response.text.replacing("\\\"", with: "\"").contains(reason), "\(response.text)")
        #expect(harness.upstream.calls.isEmpty)
    }

    @Test("members that OpenAI's clients send besides are ignored")
    func ignored() async {
        let harness = Harness(flows: ["faq": .cached()])
        let response = await Self.ask(
            harness,
            #""input":"q","tools":[],"temperature":0.1,"metadata":{"a":"b"},"session_id":1"#
        )
        #expect(response.status == 200)
    }
}
