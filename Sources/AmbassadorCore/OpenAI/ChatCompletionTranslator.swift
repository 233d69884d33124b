import NIOCore

/// Tells a run's stream in the chunks of OpenAI's chat completions, which end with `data: [DONE]`.
///
/// A failure is `{"error": {…}}`, which makes OpenAI's clients throw with its message.
struct ChatCompletionTranslator: StreamTranslator {
    private let writer: ChatCompletionWriter
    private var streamed = StreamedText()
    private var hasBegun = false
    private var hasEnded = false

    let session: EscapedSessionID

    init(_ head: OpenAIHead) {
        self.writer = ChatCompletionWriter(head)
        self.session = head.session.escaped
    }

    mutating func translate(_ records: [StreamRecord], isLast: Bool) -> ByteBuffer {
        var events = ByteBuffer()
        self.begin(&events)
        for record in records where !self.hasEnded {
            switch RunEvent(record, for: self.session) {
            case nil: continue
            case .token(let piece)?: self.speak(piece, &events)
            case .failure(let message)?: self.fail(message, code: .upstreamFailed, &events)
            case .end(let text, let usage)?: self.complete(text, usage, &events)
            }
        }
        return events
    }

    mutating func failure(_ message: String) -> ByteBuffer {
        var events = ByteBuffer()
        if !self.hasEnded { self.fail(ByteBuffer(string: message), code: .upstreamUnreachable, &events) }
        return events
    }

    private mutating func begin(_ events: inout ByteBuffer) {
        guard !self.hasBegun else { return }
        self.hasBegun = true
        self.writer.writeChunk(.role, into: &events)
    }

    private mutating func speak(_ piece: ByteBuffer, _ events: inout ByteBuffer) {
        self.streamed.append(piece)
        self.writer.writeChunk(.text(piece), into: &events)
    }

    private mutating func complete(_ text: ByteBuffer?, _ usage: Usage, _ events: inout ByteBuffer) {
        self.hasEnded = true
        if let text, let rest = self.streamed.rest(of: text) { self.speak(rest, &events) }
        self.writer.writeChunk(.stop, into: &events)
        if self.writer.head.members.includesUsage, OpenAIUsage.isKnown(usage) {
            self.writer.writeChunk(.usage(usage), into: &events)
        }
        events.writeStaticString("data: [DONE]\n\n")
    }

    private mutating func fail(_ message: ByteBuffer, code: Refusal.Kind, _ events: inout ByteBuffer) {
        self.hasEnded = true
        events.writeStaticString("data: {\"error\":")
        OpenAIError.writeFailure(message, code: code, into: &events)
        events.writeStaticString("}\n\n")
    }
}
