package import AmbassadorCore
package import NIOCore
import Synchronization

/// An upstream without a network: a test says what each call gets.
package final class ScriptedUpstream: Upstream {
    /// What answers a call; its number counts from zero.
    package typealias Script = @Sendable (UpstreamCall, Int) async throws(UpstreamError) -> UpstreamAnswer

    /// What answers a streamed call; its number counts from zero.
    package typealias StreamScript = @Sendable (UpstreamCall, Int) async throws(UpstreamError) -> UpstreamOpening

    private struct State {
        var calls: [UpstreamCall] = []
        var streamedCalls: [UpstreamCall] = []
        var script: Script
        var streamScript: StreamScript = ScriptedUpstream.streamedEcho
    }

    private let state: Mutex<State>

    package init(_ script: @escaping Script = ScriptedUpstream.echo) {
        self.state = Mutex(State(script: script))
    }

    /// The calls so far, in order.
    package var calls: [UpstreamCall] { self.state.withLock { $0.calls } }

    /// The streamed calls so far, in order; they are not among ``calls``.
    package var streamedCalls: [UpstreamCall] { self.state.withLock { $0.streamedCalls } }

    /// Answers later calls in another way.
    package func follow(_ script: @escaping Script) {
        self.state.withLock { $0.script = script }
    }

    /// Answers later streamed calls in another way.
    package func followStreams(_ script: @escaping StreamScript) {
        self.state.withLock { $0.streamScript = script }
    }

    package func run(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamAnswer {
        let (script, number) = self.state.withLock { state in
            state.calls.append(call)
            return (state.script, state.calls.count - 1)
        }
        return try await script(call, number)
    }

    package func stream(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamOpening {
        let (script, number) = self.state.withLock { state in
            state.streamedCalls.append(call)
            return (state.streamScript, state.streamedCalls.count - 1)
        }
        return try await script(call, number)
    }

    /// Streams what ``echo`` answers.
    package static let streamedEcho: StreamScript = { call, number throws(UpstreamError) in
        ScriptedStream(ScriptedUpstream.records(of: call, number)).opening()
    }

    /// The records with which LangFlow streams the answer to a call: the question, the text in two tokens, and the end.
    package static func records(of call: UpstreamCall, _ number: Int = 0) -> [String] {
        let members = ScriptedUpstream.members(of: call.body)
        let (input, session) = (members["input_value"] ?? "", members["session_id"] ?? "")
        let answer = ScriptedUpstream.answer("answer \(number) to \(input)", session: session, input: input)
        return [
            #"{"event": "add_message", "data": {"sender": "User", "session_id": "\#(session)", "text": "\#(input)"}}"#,
            #"{"event": "token", "data": {"chunk": "answer \#(number) ", "id": "t"}}"#,
            #"{"event": "token", "data": {"chunk": "to \#(input)", "id": "t"}}"#,
            #"{"event": "end", "data": {"result": \#(String(buffer: answer.body))}}"#,
        ].map { $0 + "\n\n" }
    }

    /// Answers as LangFlow does: with the question, the number of the call and the session that was sent.
    package static let echo: Script = { call, number throws(UpstreamError) in
        let members = ScriptedUpstream.members(of: call.body)
        let text = "answer \(number) to \(members["input_value"] ?? "")"
        return ScriptedUpstream.answer(text, session: members["session_id"] ?? "", input: members["input_value"] ?? "")
    }

    /// Fails every call.
    package static func failing(_ error: UpstreamError) -> Script {
        { _, _ throws(UpstreamError) in throw error }
    }

    /// Gives every call one status and body.
    package static func status(_ status: Int, _ body: String) -> Script {
        { _, _ throws(UpstreamError) in
            UpstreamAnswer(
                status: status,
                contentType: "application/json",
                body: ByteBuffer(string: body)
            )
        }
    }

    /// A good answer of LangFlow's shape.
    package static func answer(_ text: String, session: String, input: String) -> UpstreamAnswer {
        let answer = FallbackAnswer.make(text: text, input: ByteBuffer(string: input))
        let body = Response.Content.answer(answer, session: EscapedSessionID(session)).bytes
        return UpstreamAnswer(status: 200, contentType: "application/json", body: body)
    }

    /// The string members of a request's body.
    package static func members(of body: ByteBuffer) -> [String: String] {
        guard case .object(let members)? = try? JSONParser.parse(body) else { return [:] }
        var strings: [String: String] = [:]
        for member in members {
            guard case .string(let value) = member.value else { continue }
            strings[String(decoding: member.name.bytes, as: UTF8.self)] = String(decoding: value.bytes, as: UTF8.self)
        }
        return strings
    }
}
