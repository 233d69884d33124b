import NIOCore

/// Tells a run's stream in the events of OpenAI's Responses API.
///
/// `response.created`, `response.in_progress`, then with the first piece of text `response.output_item.added` and
/// `response.content_part.added`, a `response.output_text.delta` for each piece, and at the end what closes each of them, last
/// `response.completed`. A failure is an `error`, which makes OpenAI's clients throw with its message, and `response.failed`.
struct OpenAIResponseTranslator: StreamTranslator {
    private let writer: OpenAIResponseWriter
    private var sequence = 0
    private var streamed = StreamedText()
    private var phase = Phase.before

    private enum Phase {
        case before
        /// The response is there, no text yet.
        case created
        /// The message is there.
        case speaking
        case ended
    }

    let session: EscapedSessionID

    init(_ head: OpenAIHead) {
        self.writer = OpenAIResponseWriter(head)
        self.session = head.session.escaped
    }

    mutating func translate(_ records: [StreamRecord], isLast: Bool) -> ByteBuffer {
        var events = ByteBuffer()
        self.create(&events)
        for record in records {
            switch RunEvent(record, for: self.session) {
            case nil: continue
            case .token(let piece)?: self.speak(piece, &events)
            case .failure(let message)?: self.fail(message, code: Refusal.Kind.upstreamFailed, &events)
            case .end(let text, let usage)?: self.complete(text, usage, &events)
            }
        }
        return events
    }

    mutating func failure(_ message: String) -> ByteBuffer {
        var events = ByteBuffer()
        self.create(&events)
        self.fail(ByteBuffer(string: message), code: Refusal.Kind.upstreamUnreachable, &events)
        return events
    }

    private mutating func create(_ events: inout ByteBuffer) {
        guard self.phase == .before else { return }
        self.phase = .created
        let response = self.writer.response(.inProgress)
        self.write("response.created", &events) { Self.write(response, into: &$0) }
        self.write("response.in_progress", &events) { Self.write(response, into: &$0) }
    }

    private mutating func speak(_ piece: ByteBuffer, _ events: inout ByteBuffer) {
        guard self.phase != .ended else { return }
        self.beginMessage(&events)
        self.streamed.append(piece)
        self.writeOfText("response.output_text.delta", &events) { event in
            event.writeStaticString(",\"delta\":")
            JSONWriter.writeString(piece, into: &event)
            event.writeStaticString(",\"logprobs\":[]")
        }
    }

    private mutating func beginMessage(_ events: inout ByteBuffer) {
        guard self.phase == .created else { return }
        self.phase = .speaking
        let writer = self.writer
        self.write("response.output_item.added", &events) { event in
            event.writeStaticString(",\"output_index\":0,\"item\":")
            writer.writeMessage(.inProgress, text: ByteBuffer(), into: &event)
        }
        self.writeOfText("response.content_part.added", &events) { event in
            event.writeStaticString(",\"part\":")
            OpenAIResponseWriter.writePart(text: ByteBuffer(), into: &event)
        }
    }

    private mutating func complete(_ text: ByteBuffer?, _ usage: Usage, _ events: inout ByteBuffer) {
        guard self.phase != .ended else { return }
        // What a plain call would answer is what counts at the end, too.
        let whole = text ?? self.streamed.text
        if let rest = self.streamed.rest(of: whole) { self.speak(rest, &events) }
        self.beginMessage(&events)
        self.phase = .ended
        let writer = self.writer
        self.writeOfText("response.output_text.done", &events) { event in
            event.writeStaticString(",\"text\":")
            JSONWriter.writeString(whole, into: &event)
            event.writeStaticString(",\"logprobs\":[]")
        }
        self.writeOfText("response.content_part.done", &events) { event in
            event.writeStaticString(",\"part\":")
            OpenAIResponseWriter.writePart(text: whole, into: &event)
        }
        self.write("response.output_item.done", &events) { event in
            event.writeStaticString(",\"output_index\":0,\"item\":")
            writer.writeMessage(.completed, text: whole, into: &event)
        }
        let response = writer.response(.completed, text: whole, usage)
        self.write("response.completed", &events) { Self.write(response, into: &$0) }
    }

    private mutating func fail(_ message: ByteBuffer, code: Refusal.Kind, _ events: inout ByteBuffer) {
        guard self.phase != .ended else { return }
        self.phase = .ended
        self.write("error", &events) { event in
            event.writeStaticString(",\"code\":\"")
            event.writeString(code.rawValue)
            event.writeStaticString("\",\"message\":")
            JSONWriter.writeString(message, into: &event)
            event.writeStaticString(",\"param\":null,\"error\":")
            OpenAIError.writeFailure(message, code: code, into: &event)
        }
        let response = self.writer.response(.failed, failure: message)
        self.write("response.failed", &events) { Self.write(response, into: &$0) }
    }

    private static func write(_ response: ByteBuffer, into event: inout ByteBuffer) {
        event.writeStaticString(",\"response\":")
        event.writeImmutableBuffer(response)
    }

    /// Appends an event about the message's one part.
    private mutating func writeOfText(
        _ type: StaticString,
        _ events: inout ByteBuffer,
        members: (inout ByteBuffer) -> Void
    ) {
        let head = self.writer.head
        self.write(type, &events) { event in
            event.writeStaticString(",\"item_id\":")
            head.writeID("msg_", into: &event)
            event.writeStaticString(",\"output_index\":0,\"content_index\":0")
            members(&event)
        }
    }

    private mutating func write(
        _ type: StaticString,
        _ events: inout ByteBuffer,
        members: (inout ByteBuffer) -> Void
    ) {
        events.writeStaticString("event: ")
        events.writeStaticString(type)
        events.writeStaticString("\ndata: {\"type\":\"")
        events.writeStaticString(type)
        events.writeStaticString("\",\"sequence_number\":")
        events.writeString(String(self.sequence))
        self.sequence += 1
        members(&events)
        events.writeStaticString("}\n\n")
    }
}
