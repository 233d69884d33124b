import NIOCore

/// What a body of OpenAI's calls says beside the question.
package struct OpenAIMembers: Sendable {
    /// Whether turns of the conversation stand before the question, which LangFlow is not sent: it remembers by session.
    package var hasEarlierTurns = false
    /// As the caller sent it; the session that it stands for is the request's.
    package var previousResponseID: JSONString?
    /// The conversation that the caller named; it is the request's session.
    package var conversation: JSONString?
    /// Whether a stream of chat chunks ends with what was used (`stream_options.include_usage`).
    package var includesUsage = false

    package init() {}
}

/// What answers to OpenAI's calls begin with.
struct OpenAIHead: Sendable {
    /// 32 hexadecimal digits that no other answer has: applications tell messages apart by their ids.
    let unique = TraceID.random()
    let session: SessionID
    /// The flow as the caller named it.
    let model: FlowName
    /// When the answer was made, in seconds since 1970.
    let createdSeconds: Int64
    let members: OpenAIMembers

    init(session: SessionID, model: FlowName, createdSeconds: Int64, members: OpenAIMembers) {
        self.session = session
        self.model = model
        self.createdSeconds = createdSeconds
        self.members = members
    }

    /// Appends an id: the prefix and the unique digits.
    func writeID(_ prefix: StaticString, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("\"")
        buffer.writeStaticString(prefix)
        self.unique.write(into: &buffer)
        buffer.writeStaticString("\"")
    }

    /// Appends the id of a response, which names the session too, so that a `previous_response_id` goes on with it.
    func writeResponseID(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("\"resp_")
        self.unique.write(into: &buffer)
        buffer.writeStaticString("_")
        self.session.escaped.write(into: &buffer)
        buffer.writeStaticString("\"")
    }

    /// The session that a response's id names: what stands behind the unique digits, or the whole of an id that is none of ours.
    static func session(ofResponse id: JSONString) -> JSONString {
        let prefix = Array("resp_".utf8)
        let bytes = id.bytes
        let digits = bytes.dropFirst(prefix.count).prefix(32)
        let rest = bytes.dropFirst(prefix.count + 32)
        guard bytes.starts(with: prefix), digits.count == 32,
            digits.allSatisfy({ HexDigits.value(ofLowercase: $0) != nil }), rest.first == UInt8(ascii: "_"),
            rest.count > 1
        else { return id }
        return JSONString(bytes: Array(rest.dropFirst()))
    }
}
