import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// OpenAI's chat completions, as a view of the run call.
@Suite struct ChatCompletionTests {
    private static let question = #"{"role":"user","content":"q"}"#
    private static let earlier = #"{"role":"user","content":"a"},{"role":"assistant","content":"b"},"#

    private static func ask(_ harness: Harness, messages: String = question, _ members: String = "") async -> Response {
        let body = ByteBuffer(string: #"{"model":"faq","messages":[\#(messages)]\#(members)}"#)
        return await harness.send(body, to: .chatCompletions)
    }

    private static func json(_ response: Response) throws -> JSONValue {
        try JSONParser.parse(response.content.bytes)
    }

    /// The chunks of a stream that ends with `[DONE]`.
    private static func chunks(_ response: Response) async throws -> [JSONValue] {
        let records = await StreamReading(response).records
        #expect(records.last == "data: [DONE]")
        return try records.dropLast().map { try JSONParser.parse(ByteBuffer(substring: $0.dropFirst(6))) }
    }

    private static func delta(_ chunk: JSONValue) -> JSONValue? { chunk["choices"]?.array?.first?["delta"] }

    @Test("it is one entry with the run call's, in another form")
    func sharesEntries() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let hit = await Self.ask(harness)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        let answer = try Self.json(hit)
        #expect(answer["object"]?.string?.text == "chat.completion")
        #expect(answer["model"]?.string?.text == "faq")
        let choice = try #require(answer["choices"]?.array?.first)
        #expect(choice["message"]?["content"]?.string?.text == "answer 0 to q")
        #expect(choice["message"]?["role"]?.string?.text == "assistant")
        #expect(choice["finish_reason"]?.string?.text == "stop")
        #expect(harness.upstream.calls.count == 1)
        #expect(harness.audit.records.last?.route == .chatCompletions)
    }

    @Test("a stream is told in chunks, live and replayed")
    func streamed() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        for outcome in ["ambassador; fwd=miss", "ambassador; hit; ttl=60; detail=memory"] {
            let response = await Self.ask(harness, #","stream":true"#)
            #expect(response.cacheStatusText == outcome)
            let chunks = try await Self.chunks(response)
            #expect(chunks.count == 4)
            #expect(Self.delta(chunks[0])?["role"]?.string?.text == "assistant")
            #expect(chunks.compactMap { Self.delta($0)?["content"]?.string?.text } == ["", "answer 0 ", "to q"])
            let reasons = chunks.map { $0["choices"]?.array?.first?["finish_reason"] }
            #expect(reasons == [.null, .null, .null, .string(JSONString("stop"))])
            #expect(Set(chunks.map { $0["id"]?.string?.text }).count == 1)
            #expect(chunks.allSatisfy { $0["object"]?.string?.text == "chat.completion.chunk" })
            #expect(chunks.allSatisfy { $0["usage"] == nil })
        }
        #expect(harness.upstream.streamedCalls.count == 1)
    }

    @Test("what was used comes in a chunk of its own where that is asked for and known")
    func streamedUsage() throws {
        var members = OpenAIMembers()
        members.includesUsage = true
        let flow = try #require(FlowName("faq"))
        let head = OpenAIHead(session: .fresh(), model: flow, createdSeconds: 1, members: members)
        let usage = #""properties":{"usage":{"input_tokens":3,"output_tokens":4}}"#
        let end =
            #"{"event":"end","data":{"result":{"outputs":[{"outputs":[{"results":{"message":{"text":"a",\#(usage)}}}]}]}}}"#
        var translator = ChatCompletionTranslator(head)
        let events = translator.translate([StreamRecord(bytes: ByteBuffer(string: end))], isLast: true)
        let records = String(buffer: events).split(separator: "\n\n")
        #expect(records.count == 5)
        #expect(records[0].hasSuffix(#","usage":null}"#))
        #expect(
            records[3].hasSuffix(#""choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#)
        )
        translator = ChatCompletionTranslator(head)
        let unknown = ByteBuffer(string: end.replacing(usage, with: #""files":[]"#))
        let without = translator.translate([StreamRecord(bytes: unknown)], isLast: true)
        #expect(String(buffer: without).split(separator: "\n\n").count == 4)
    }

    @Test("a question with earlier turns and no session is asked of LangFlow each time, whatever the flow's settings")
    func earlierTurns() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await Self.ask(harness)
        for _ in 0..<2 {
            let answer = await Self.ask(harness, messages: Self.earlier + Self.question)
            #expect(answer.cacheStatusText == "ambassador; fwd=bypass; detail=session")
        }
        #expect(harness.upstream.calls.count == 3)
        // Nor is its answer kept for those who ask it as their first.
        let first = try Self.json(await Self.ask(harness))
        #expect(first["choices"]?.array?.first?["message"]?["content"]?.string?.text == "answer 0 to q")
    }

    @Test("with a session it is the flow that says whether the session counts")
    func earlierTurnsWithSession() async {
        let harness = Harness(flows: ["faq": .cached { $0.session = .key }])
        for (user, outcome) in [
            ("u", "fwd=miss; stored"), ("u", "hit; ttl=60; detail=memory"), ("v", "fwd=miss; stored"),
        ] {
            let answer = await Self.ask(harness, messages: Self.earlier + Self.question, #","user":"\#(user)""#)
            #expect(answer.cacheStatusText == "ambassador; \(outcome)")
        }
    }

    @Test("a failure on the way is an error, which no end follows")
    func failures() async {
        let harness = Harness(flows: ["faq": .cached()])
        let user = "{\"event\": \"add_message\", \"data\": {\"text\": \"q\"}}\n\n"
        let error = "{\"event\": \"error\", \"data\": {\"error\": \"no luck\"}}\n\n"
        harness.upstream.followStreams { _, _ throws(UpstreamError) in ScriptedStream([user, error]).opening() }
        let failed = await StreamReading(await Self.ask(harness, #","stream":true"#))
        #expect(failed.isComplete)
        #expect(
            failed.records.last
                == #"data: {"error":{"message":"no luck","type":"server_error","code":"upstream_failed","param":null}}"#
        )
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            ScriptedStream([user], failing: .connectionLost(UpstreamCause(.closed))).opening()
        }
        let cut = await StreamReading(
            await Self.ask(harness, messages: #"{"role":"user","content":"r"}"#, #","stream":true"#)
        )
        #expect(!cut.isComplete)
        #expect(cut.records.last?.hasPrefix(#"data: {"error":{"message":""#) == true)
    }

    @Test("in an outage the stale answer and the fallback have the same form")
    func outage() async throws {
        let settings = FlowSettings.cached(ttl: .seconds(1), staleIfError: .seconds(60)) { $0.fallback = "away" }
        let harness = Harness(flows: ["faq": settings])
        _ = await Self.ask(harness)
        harness.clock.advance(by: .seconds(10))
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        for (messages, text) in [(Self.question, "answer 0 to q"), (#"{"role":"user","content":"new"}"#, "away")] {
            let answer = await Self.ask(harness, messages: messages)
            #expect(answer.degradation != nil)
            let choice = try Self.json(answer)["choices"]?.array?.first
            #expect(choice?["message"]?["content"]?.string?.text == text)
        }
    }
}
