import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// A flow whose answers speak of the session: each reader sees its own, in every form, and nobody LangFlow's.
@Suite struct SessionInTextTests {
    /// Answers with LangFlow's session id between marks.
    private static let upstream: ScriptedUpstream.Script = { call, _ throws(UpstreamError) in
        let session = ScriptedUpstream.members(of: call.body)["session_id"] ?? ""
        let text =
            #"{"outputs":[{"outputs":[{"results":{"message":{"text":"<\#(session)> ok"}}}]}],"session_id":"\#(session)"}"#
        return .sample(200, "application/json", text)
    }

    private static func records(_ tokens: [String], _ session: String) -> [String] {
        tokens.map { #"{"event": "token", "data": {"chunk": "\#($0)"}}"# + "\n\n" } + [
            #"{"event": "end", "data": {"result": {"session_id": "\#(session)", "outputs": [{"outputs": "#
                + #"[{"results": {"message": {"text": "\#(tokens.joined())"}}}]}]}}}"# + "\n\n"
        ]
    }

    private static func follow(_ harness: Harness, splitting: Bool) {
        harness.upstream.followStreams { call, _ throws(UpstreamError) in
            let session = ScriptedUpstream.members(of: call.body)["session_id"] ?? ""
            let tokens =
                splitting
                ? ["<", String(session.prefix(9)), String(session.dropFirst(9)), "> ok"] : ["<\(session)> ok"]
            return ScriptedStream(Self.records(tokens, session)).opening()
        }
    }

    private static func body(_ session: String, stream: Bool = false) -> ByteBuffer {
        ByteBuffer(string: #"{"model":"faq","input":"q","previous_response_id":"\#(session)","stream":\#(stream)}"#)
    }

    @Test("as plain text and by OpenAI's calls, fresh and from a cache")
    func plain() async {
        let harness = Harness(flows: ["faq": .cached()], upstream: ScriptedUpstream(Self.upstream))
        for session in ["mine", #"a "b" \c"#, "yours"] {
            #expect(await harness.ask("q", session: session, wantsText: true).text == "<\(session)> ok")
        }
        for session in ["one", "two"] {
            let answer = await harness.send(Self.body(session), to: .langFlowResponses)
            #expect(answer.text.contains("<\(session)> ok"), "\(answer.text)")
        }
        #expect(harness.upstream.calls.count == 1)
        let scoped = ScriptedUpstream.members(of: harness.upstream.calls[0].body)["session_id"] ?? "none"
        #expect(await !harness.ask("q", session: "mine").text.contains(scoped))
    }

    @Test("in a stream and in its replay, told in OpenAI's words")
    func streamed() async {
        let harness = Harness(flows: ["faq": .cached { $0.reusesStreams = true }])
        Self.follow(harness, splitting: false)
        for session in ["one", "two", "three"] {
            let reading = await StreamReading(
                await harness.send(Self.body(session, stream: true), to: .langFlowResponses)
            )
            #expect(reading.text.contains("<\(session)> ok"), "\(reading.text)")
        }
        #expect(harness.upstream.streamedCalls.count == 1)
        #expect(await harness.ask("q", session: "four", wantsText: true).text == "<four> ok")
    }

    @Test("a stream with the id split over tokens is not stored")
    func split() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        Self.follow(harness, splitting: true)
        for number in 1...2 {
            let reading = await StreamReading(await harness.ask("q", session: "mine", wantsStream: true))
            #expect(reading.isComplete)
            #expect(harness.upstream.streamedCalls.count == number)
        }
        #expect(harness.store.entries.isEmpty)
    }

    @Test("what LangFlow says went wrong does not show its session id")
    func errors() async {
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.follow { call, _ throws(UpstreamError) in
            let session = ScriptedUpstream.members(of: call.body)["session_id"] ?? ""
            return .sample(500, "application/json", #"{"detail":"no memory of \#(session) here"}"#)
        }
        harness.upstream.followStreams { call, _ throws(UpstreamError) in
            let session = ScriptedUpstream.members(of: call.body)["session_id"] ?? ""
            let records = [
                #"{"event": "token", "data": {"chunk": "a"}}"# + "\n\n",
                #"{"event": "error", "data": {"text": "no memory of \#(session) here"}}"# + "\n\n",
            ]
            return ScriptedStream(records).opening()
        }
        #expect(await harness.ask("q").text.contains("no memory of [session] here"))
        let session = SessionID.fresh().scoped(to: .default)
        #expect(session.removed(from: "a \(session)\u{301} b") == "a [session]\u{301} b")
        let reading = await StreamReading(await harness.ask("r", wantsStream: true))
        #expect(reading.text.contains("no memory of [session] here"))
    }
}
