package import NIOCore

/// An answer that the ambassador makes when LangFlow does not answer and nothing stored may be served.
package enum FallbackAnswer {
    /// An answer in the shape of LangFlow's, with everything that the known clients read.
    ///
    /// What only LangFlow can know (ids, times, tokens) is null. It is never stored.
    ///
    /// - Parameters:
    ///   - text: what the flow's settings say.
    ///   - input: the caller's own text, valid UTF-8.
    ///   - component: what stands where LangFlow names the component that answered.
    /// - Returns: an answer with the caller's session at the four places where LangFlow puts it.
    package static func make(
        text: String,
        input: ByteBuffer,
        component: String = "Ambassador-fallback"
    ) -> Answer {
        var body = SplicedBody()
        body.write("{\"session_id\":\"")
        body.markSession()
        body.write("\",\"outputs\":[{\"inputs\":{\"input_value\":")
        body.writeString(input)
        body.write("},\"outputs\":[{\"results\":{\"message\":{\"text_key\":\"text\",\"data\":{")
        body.writeMessage(text: text)
        body.write(",\"id\":null},\"default_value\":\"\",")
        body.writeMessage(text: text)
        body.write("}},\"artifacts\":{\"message\":")
        body.writeString(text)
        body.write(",\"sender\":\"Machine\",\"sender_name\":\"AI\",\"files\":[],\"type\":\"object\"}")
        body.write(",\"outputs\":{\"message\":{\"message\":")
        body.writeString(text)
        body.write(",\"type\":\"text\"}},\"logs\":{\"message\":[]},\"messages\":[{\"message\":")
        body.writeString(text)
        body.write(",\"sender\":\"Machine\",\"sender_name\":\"AI\",\"session_id\":\"")
        body.markSession()
        body.write("\",\"stream_url\":null,\"component_id\":")
        body.writeString(component)
        body.write(",\"files\":[],\"type\":\"text\"}],\"timedelta\":null,\"duration\":null")
        body.write(",\"component_display_name\":\"Chat Output\",\"component_id\":")
        body.writeString(component)
        body.write(",\"used_frozen_result\":false,\"token_usage\":null}]}]}")
        return Answer(body: body.buffer, sessionOffsets: body.sessionOffsets, text: ByteBuffer(string: text))
    }
}

/// A body under construction with the places where a session id belongs.
private struct SplicedBody {
    private(set) var buffer = ByteBuffer()
    private(set) var sessionOffsets: [Int] = []

    mutating func write(_ json: StaticString) {
        self.buffer.writeStaticString(json)
    }

    mutating func writeString(_ text: String) {
        JSONWriter.writeString(text, into: &self.buffer)
    }

    mutating func writeString(_ text: ByteBuffer) {
        JSONWriter.writeString(text, into: &self.buffer)
    }

    mutating func markSession() {
        self.sessionOffsets.append(self.buffer.readableBytes)
    }

    /// The members that a message and its `data` have in common.
    mutating func writeMessage(text: String) {
        self.write("\"timestamp\":null,\"sender\":\"Machine\",\"sender_name\":\"AI\",\"files\":[],\"session_id\":\"")
        self.markSession()
        self.write(
            "\",\"context_id\":\"\",\"run_id\":null,\"flow_id\":null,\"error\":false,\"edit\":false,\"properties\":"
        )
        self.write("{\"text_color\":null,\"background_color\":null,\"edited\":false,\"source\":")
        self.write("{\"id\":null,\"display_name\":null,\"source\":null},\"icon\":null,\"allow_markdown\":false,")
        self.write(
            "\"positive_feedback\":null,\"state\":\"complete\",\"targets\":[],\"usage\":null,\"build_duration\":null},"
        )
        self.write(
            "\"category\":\"message\",\"content_blocks\":[],\"duration\":null,\"session_metadata\":null,\"text\":"
        )
        self.writeString(text)
    }
}
