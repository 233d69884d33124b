import NIOCore

/// Writes a run's answer as a chat completion of OpenAI's, whole or in chunks.
struct ChatCompletionWriter: Sendable {
    let head: OpenAIHead

    init(_ head: OpenAIHead) {
        self.head = head
    }

    /// The JSON of a completion with one choice.
    func completion(text: ByteBuffer, _ usage: Usage) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(512 + text.readableBytes)
        self.writeBeginning("chat.completion", into: &body)
        body.writeStaticString(
            ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
        )
        JSONWriter.writeString(text, into: &body)
        body.writeStaticString(
            ",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
        )
        OpenAIUsage.writeOfChat(usage, into: &body)
        body.writeStaticString(",\"system_fingerprint\":null}")
        return body
    }

    /// What a chunk brings.
    enum Delta {
        case role
        case text(ByteBuffer)
        case stop
        /// What was used, in a chunk without a choice.
        case usage(Usage)
    }

    /// Appends a chunk as a server-sent event.
    func writeChunk(_ delta: Delta, into events: inout ByteBuffer) {
        events.writeStaticString("data: ")
        self.writeBeginning("chat.completion.chunk", into: &events)
        events.writeStaticString(",\"system_fingerprint\":null,\"choices\":[")
        switch delta {
        case .role:
            Self.writeChoice(into: &events) {
                $0.writeStaticString("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null")
            }
        case .text(let text):
            Self.writeChoice(into: &events) {
                $0.writeStaticString("\"content\":")
                JSONWriter.writeString(text, into: &$0)
            }
        case .stop:
            events.writeStaticString("{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}")
        case .usage: break
        }
        events.writeStaticString("]")
        if self.head.members.includesUsage {
            events.writeStaticString(",\"usage\":")
            if case .usage(let usage) = delta {
                OpenAIUsage.writeOfChat(usage, into: &events)
            } else {
                events.writeStaticString("null")
            }
        }
        events.writeStaticString("}\n\n")
    }

    private static func writeChoice(into events: inout ByteBuffer, delta: (inout ByteBuffer) -> Void) {
        events.writeStaticString("{\"index\":0,\"delta\":{")
        delta(&events)
        events.writeStaticString("},\"logprobs\":null,\"finish_reason\":null}")
    }

    private func writeBeginning(_ object: StaticString, into body: inout ByteBuffer) {
        body.writeStaticString("{\"id\":")
        self.head.writeID("chatcmpl-", into: &body)
        body.writeStaticString(",\"object\":\"")
        body.writeStaticString(object)
        body.writeStaticString("\",\"created\":")
        body.writeString(String(self.head.createdSeconds))
        body.writeStaticString(",\"model\":\"")
        body.writeString(self.head.model.description)
        body.writeStaticString("\"")
    }
}
