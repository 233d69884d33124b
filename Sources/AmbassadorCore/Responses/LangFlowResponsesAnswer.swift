import NIOCore

/// A run's answer in the form of LangFlow's OpenAI-compatible call (`POST /api/v1/responses`).
enum LangFlowResponsesAnswer {
    /// The JSON of a response with one message, which is the run's text.
    ///
    /// `previous` is the `previous_response_id` that the caller sent.
    static func body(
        text: ByteBuffer,
        usage: Usage,
        _ head: LangFlowResponsesHead,
        previous: SessionID?
    ) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(700 + text.readableBytes)
        body.writeStaticString("{\"id\":\"")
        head.session.write(into: &body)
        body.writeStaticString("\",\"object\":\"response\",\"created_at\":")
        body.writeString(String(head.createdSeconds))
        body.writeStaticString(
            ",\"status\":\"completed\",\"error\":null,\"incomplete_details\":null,\"instructions\":null,"
        )
        body.writeStaticString("\"max_output_tokens\":null,\"model\":\"")
        body.writeString(head.model.description)
        body.writeStaticString("\",\"output\":[{\"type\":\"message\",\"id\":\"msg_")
        head.session.write(into: &body)
        body.writeStaticString(
            "\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":"
        )
        JSONWriter.writeString(text, into: &body)
        body.writeStaticString(",\"annotations\":[]}]}],\"parallel_tool_calls\":true,\"previous_response_id\":")
        if previous == nil {
            body.writeStaticString("null")
        } else {
            body.writeStaticString("\"")
            head.session.write(into: &body)
            body.writeStaticString("\"")
        }
        body.writeStaticString(",\"reasoning\":{\"effort\":null,\"summary\":null},\"store\":true,\"temperature\":1.0,")
        body.writeStaticString(
            "\"text\":{\"format\":{\"type\":\"text\"}},\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,"
        )
        body.writeStaticString("\"truncation\":\"disabled\",\"usage\":")
        Self.write(usage, into: &body)
        body.writeStaticString(",\"user\":null,\"metadata\":{}}")
        return body
    }

    /// Appends the tokens, or `null` where LangFlow said nothing of them.
    static func write(_ usage: Usage, into buffer: inout ByteBuffer) {
        guard usage.inputTokens != nil || usage.outputTokens != nil else {
            buffer.writeStaticString("null")
            return
        }
        let (input, output) = (usage.inputTokens ?? 0, usage.outputTokens ?? 0)
        buffer.writeString(
            "{\"input_tokens\":\(input),\"output_tokens\":\(output),\"total_tokens\":\(input.addingReportingOverflow(output).partialValue)}"
        )
    }
}
