import NIOCore

/// Writes a run's answer as the response object of OpenAI's Responses API, and the parts of it that events carry.
struct OpenAIResponseWriter: Sendable {
    enum Status: String {
        case inProgress = "in_progress"
        case completed
        case failed
    }

    let head: OpenAIHead

    init(_ head: OpenAIHead) {
        self.head = head
    }

    /// The JSON of a response: its one message has the text (UTF-8; `nil` for none yet), its error the failure, fit for callers.
    func response(
        _ status: Status,
        text: ByteBuffer? = nil,
        _ usage: Usage = .unknown,
        failure: ByteBuffer? = nil
    ) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(1_024 + (text?.readableBytes ?? 0))
        body.writeStaticString("{\"id\":")
        self.head.writeResponseID(into: &body)
        body.writeStaticString(",\"object\":\"response\",\"created_at\":")
        body.writeString(String(self.head.createdSeconds))
        body.writeStaticString(",\"status\":\"")
        body.writeString(status.rawValue)
        body.writeStaticString("\",\"background\":false,\"error\":")
        if let failure {
            body.writeStaticString("{\"code\":\"server_error\",\"message\":")
            JSONWriter.writeString(failure, into: &body)
            body.writeStaticString("}")
        } else {
            body.writeStaticString("null")
        }
        body.writeStaticString(
            ",\"incomplete_details\":null,\"instructions\":null,\"max_output_tokens\":null,\"model\":\""
        )
        body.writeString(self.head.model.description)
        body.writeStaticString("\",\"output\":[")
        if let text { self.writeMessage(.completed, text: text, into: &body) }
        body.writeStaticString("],\"parallel_tool_calls\":true,\"previous_response_id\":")
        Self.write(self.head.members.previousResponseID, into: &body)
        body.writeStaticString(",\"conversation\":")
        if let conversation = self.head.members.conversation {
            body.writeStaticString("{\"id\":")
            JSONWriter.writeString(conversation.buffer, into: &body)
            body.writeStaticString("}")
        } else {
            body.writeStaticString("null")
        }
        body.writeStaticString(",\"reasoning\":{\"effort\":null,\"summary\":null},\"store\":true,\"temperature\":1.0,")
        body.writeStaticString(
            "\"text\":{\"format\":{\"type\":\"text\"}},\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,"
        )
        body.writeStaticString("\"truncation\":\"disabled\",\"usage\":")
        OpenAIUsage.writeOfResponse(usage, into: &body)
        body.writeStaticString(",\"user\":null,\"metadata\":{}}")
        return body
    }

    /// Appends the message, which has no part yet while it is in progress.
    func writeMessage(_ status: Status, text: ByteBuffer, into body: inout ByteBuffer) {
        body.writeStaticString("{\"id\":")
        self.head.writeID("msg_", into: &body)
        body.writeStaticString(",\"type\":\"message\",\"status\":\"")
        body.writeString(status.rawValue)
        body.writeStaticString("\",\"role\":\"assistant\",\"content\":[")
        if status == .completed { Self.writePart(text: text, into: &body) }
        body.writeStaticString("]}")
    }

    /// Appends the message's one part.
    static func writePart(text: ByteBuffer, into body: inout ByteBuffer) {
        body.writeStaticString("{\"type\":\"output_text\",\"text\":")
        JSONWriter.writeString(text, into: &body)
        body.writeStaticString(",\"annotations\":[],\"logprobs\":[]}")
    }

    private static func write(_ text: JSONString?, into body: inout ByteBuffer) {
        if let text { JSONWriter.writeString(text.buffer, into: &body) } else { body.writeStaticString("null") }
    }
}
