import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// OpenAI's Responses API, as a view of the run call.
@Suite struct OpenAIResponsesTests {
    private static func ask(_ harness: Harness, _ members: String) async -> Response {
        await harness.send(ByteBuffer(string: #"{"model":"faq",\#(members)}"#), to: .responses)
    }

    private static func json(_ response: Response) throws -> JSONValue {
        try JSONParser.parse(response.content.bytes)
    }

    /// The data of a stream's events, whose names must be their types and whose numbers must be in order.
    private static func events(_ reading: StreamReading) throws -> [JSONValue] {
        try reading.records.enumerated().map { position, record in
            let lines = record.split(separator: "\n", omittingEmptySubsequences: false)
            try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
            let data = try JSONParser.parse(ByteBuffer(substring: lines[1].dropFirst(6)))
            #expect(data["type"]?.string?.text == String(lines[0].dropFirst(7)))
            #expect(data["sequence_number"]?.count == position)
            return data
        }
    }

    private static func types(_ events: [JSONValue]) -> [String] {
        events.compactMap { $0["type"]?.string?.text }
    }

    private static let lifecycle = [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
        "response.output_text.delta", "response.output_text.done", "response.content_part.done",
        "response.output_item.done", "response.completed",
    ]

    @Test("it is one entry with the run call's, in another form")
    func sharesEntries() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let hit = await Self.ask(harness, #""input":[{"role":"user","content":"q"}]"#)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        let answer = try Self.json(hit)
        #expect(answer["object"]?.string?.text == "response")
        #expect(answer["model"]?.string?.text == "faq")
        #expect(answer["status"]?.string?.text == "completed")
        #expect(answer["error"] == .null)
        let message = try #require(answer["output"]?.array?.first)
        #expect(message["role"]?.string?.text == "assistant")
        #expect(message["content"]?.array?.first?["type"]?.string?.text == "output_text")
        #expect(message["content"]?.array?.first?["text"]?.string?.text == "answer 0 to q")
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("each response has an id of its own, and any of them goes on with the conversation")
    func session() async throws {
        let harness = Harness(flows: ["faq": FlowSettings()])
        let first = try Self.json(await Self.ask(harness, #""input":"a""#))
        let id = try #require(first["id"]?.string?.text)
        #expect(id.hasPrefix("resp_"))
        #expect(first["previous_response_id"] == .null)
        let second = try Self.json(await Self.ask(harness, #""input":"b","previous_response_id":"\#(id)""#))
        #expect(second["previous_response_id"]?.string?.text == id)
        let next = try #require(second["id"]?.string?.text)
        #expect(next != id)
        _ = await Self.ask(harness, #""input":"c","previous_response_id":"\#(next)""#)
        let sessions = harness.upstream.calls.map { ScriptedUpstream.members(of: $0.body)["session_id"] }
        #expect(sessions.count == 3)
        #expect(Set(sessions).count == 1)
        let messages = [first, second].map { $0["output"]?.array?.first?["id"]?.string?.text }
        #expect(Set(messages).count == 2)
    }

    @Test("a conversation is a session, and is named in the answer")
    func conversation() async throws {
        let harness = Harness(flows: ["faq": FlowSettings()])
        let answer = try Self.json(await Self.ask(harness, #""input":"a","conversation":{"id":"c"}"#))
        #expect(answer["conversation"]?["id"]?.string?.text == "c")
        _ = await harness.ask("b", session: "c")
        let sessions = harness.upstream.calls.map { ScriptedUpstream.members(of: $0.body)["session_id"] }
        #expect(Set(sessions).count == 1)
    }

    @Test("a stream is told in OpenAI's events, live and replayed")
    func streamed() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        for outcome in ["ambassador; fwd=miss", "ambassador; hit; ttl=60; detail=memory"] {
            let response = await Self.ask(harness, #""input":"q","stream":true"#)
            #expect(response.cacheStatusText == outcome)
            let reading = await StreamReading(response)
            #expect(reading.isComplete)
            let events = try Self.events(reading)
            var expected = Self.lifecycle
            expected.insert("response.output_text.delta", at: 5)
            #expect(Self.types(events) == expected)
            #expect(events[4]["delta"]?.string?.text == "answer 0 ")
            #expect(events[5]["delta"]?.string?.text == "to q")
            #expect(events[6]["text"]?.string?.text == "answer 0 to q")
            let ids = Set(events.compactMap { $0["response"]?["id"]?.string?.text })
            #expect(ids.count == 1)
            let item = events[2]["item"]?["id"]?.string?.text
            #expect(events[2]["item"]?["content"]?.array?.isEmpty == true)
            #expect(events[2]["item"]?["status"]?.string?.text == "in_progress")
            #expect(Set(events[3...7].map { $0["item_id"]?.string?.text }) == [item])
            #expect(events[0]["response"]?["status"]?.string?.text == "in_progress")
            #expect(events[0]["response"]?["output"]?.array?.isEmpty == true)
            let completed = try #require(events.last?["response"])
            #expect(completed["status"]?.string?.text == "completed")
            #expect(completed["output"]?.array?.first == events[8]["item"])
            #expect(completed["output"]?.array?.first?["content"]?.array?.first == events[7]["part"])
        }
        #expect(harness.upstream.streamedCalls.count == 1)
    }

    @Test("a flow without tokens has its text all the same, and one that says more at the end has that too")
    func withoutTokens() async throws {
        for records in [[0, 3], [0, 1, 3]] {
            let harness = Harness(flows: ["faq": .cached()])
            harness.upstream.followStreams { call, _ throws(UpstreamError) in
                let all = ScriptedUpstream.records(of: call)
                return ScriptedStream(records.map { all[$0] }).opening()
            }
            let events = try Self.events(await StreamReading(await Self.ask(harness, #""input":"q","stream":true"#)))
            let deltas = events.compactMap { $0["delta"]?.string?.text }
            #expect(deltas.joined() == "answer 0 to q")
            #expect(Self.types(events).last == "response.completed")
        }
    }

    @Test("where a flow ends with another text than its tokens were, the end is what a plain call answers")
    func otherText() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.followStreams { call, _ throws(UpstreamError) in
            let all = ScriptedUpstream.records(of: call)
            return ScriptedStream([#"{"event": "token", "data": {"chunk": "draft"}}"# + "\n\n", all[3]]).opening()
        }
        let events = try Self.events(await StreamReading(await Self.ask(harness, #""input":"q","stream":true"#)))
        #expect(events.compactMap { $0["delta"]?.string?.text } == ["draft"])
        #expect(events.compactMap { $0["text"]?.string?.text } == ["answer 0 to q"])
    }

    @Test("a failure on the way is an error and a failed response, once; a cut has no end")
    func failures() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let user = "{\"event\": \"add_message\", \"data\": {\"text\": \"q\"}}\n\n"
        let error = "{\"event\": \"error\", \"data\": {\"error\": \"no luck\"}}\n\n"
        harness.upstream.followStreams { _, _ throws(UpstreamError) in ScriptedStream([user, error, error]).opening() }
        let failed = await StreamReading(await Self.ask(harness, #""input":"q","stream":true"#))
        #expect(failed.isComplete)
        let events = try Self.events(failed)
        #expect(Self.types(events) == ["response.created", "response.in_progress", "error", "response.failed"])
        #expect(events[2]["message"]?.string?.text == "no luck")
        #expect(events[2]["error"]?["message"]?.string?.text == "no luck")
        #expect(events[3]["response"]?["status"]?.string?.text == "failed")
        #expect(events[3]["response"]?["error"]?["message"]?.string?.text == "no luck")
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            ScriptedStream([user], failing: .connectionLost(UpstreamCause(.closed))).opening()
        }
        let cut = await StreamReading(await Self.ask(harness, #""input":"r","stream":true"#))
        #expect(!cut.isComplete)
        #expect(Self.types(try Self.events(cut)).suffix(2) == ["error", "response.failed"])
    }

    @Test("usage has the details that the SDK's types require")
    func usage() throws {
        let head = OpenAIHead(
            session: .fresh(),
            model: try #require(FlowName("faq")),
            createdSeconds: 1,
            members: OpenAIMembers()
        )
        let body = OpenAIResponseWriter(head).response(
            .completed,
            text: ByteBuffer(string: "a"),
            Usage(inputTokens: 3, outputTokens: 4)
        )
        let usage = try JSONParser.parse(body)["usage"]
        #expect(usage?["input_tokens"]?.count == 3)
        #expect(usage?["output_tokens"]?.count == 4)
        #expect(usage?["total_tokens"]?.count == 7)
        #expect(usage?["input_tokens_details"]?["cached_tokens"]?.count == 0)
        #expect(usage?["output_tokens_details"]?["reasoning_tokens"]?.count == 0)
    }
}
