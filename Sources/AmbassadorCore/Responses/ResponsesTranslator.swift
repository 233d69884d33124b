import NIOCore

/// Tells a run's stream in the words of LangFlow's OpenAI-compatible call.
///
/// Server-sent events: a chunk for each token, a chunk that says how it ended, `response.completed`, and `[DONE]`. A flow that gives
/// no tokens has its text in one chunk, where LangFlow itself would lose it.
struct ResponsesTranslator: Sendable {
    private let head: ResponsesHead
    private var hasBegun = false
    private var hasText = false
    private var hasFailed = false

    init(_ head: ResponsesHead) {
        self.head = head
    }

    /// Turns a run's records into events.
    ///
    /// - Parameters:
    ///   - records: of the run's stream, in order.
    ///   - isLast: whether nothing follows them.
    /// - Returns: the events; none for what only LangFlow's own framing shows.
    mutating func translate(_ records: [StreamRecord], isLast: Bool) -> ByteBuffer {
        var events = ByteBuffer()
        if !self.hasBegun {
            self.hasBegun = true
            self.writeChunk(content: ByteBuffer(), ending: nil, into: &events)
        }
        for record in records { self.write(record, into: &events) }
        if isLast, self.hasFailed { events.writeStaticString("data: [DONE]\n\n") }
        return events
    }

    /// The event of a failure that LangFlow could not tell of any more.
    func failure(_ message: String) -> ByteBuffer {
        var events = ByteBuffer()
        self.writeChunk(content: ByteBuffer(string: message), ending: .failed, into: &events)
        return events
    }

    private mutating func write(_ record: StreamRecord, into events: inout ByteBuffer) {
        // It was read when it came from LangFlow or from a cache; what is no event any more has nothing to tell.
        guard let document = try? JSONParser.parse(record.bytes, depthMax: LangFlowAnswer.depthMax),
            let name = document["event"]?.string, let data = document["data"]
        else { return }
        if name.isEqual(to: "token"), let chunk = data["chunk"]?.string, !chunk.bytes.isEmpty {
            self.hasText = true
            self.writeChunk(content: ByteBuffer(bytes: chunk.bytes), ending: nil, into: &events)
        } else if name.isEqual(to: "error") {
            guard !self.hasFailed else { return }
            self.hasFailed = true
            let message = data["text"]?.string?.bytes ?? []
            self.writeChunk(content: ByteBuffer(bytes: message), ending: .failed, into: &events)
        } else if name.isEqual(to: "end"), !self.hasFailed {
            let outline = data["result"].map { LangFlowAnswer.Outline(of: $0) }
            if !self.hasText, let text = outline?.text {
                self.writeChunk(content: ByteBuffer(bytes: text), ending: nil, into: &events)
            }
            self.writeChunk(content: nil, ending: .completed, into: &events)
            self.writeCompletion(outline?.usage ?? .unknown, into: &events)
            events.writeStaticString("data: [DONE]\n\n")
        }
    }

    private enum Ending {
        case completed
        case failed
    }

    private func writeChunk(content: ByteBuffer?, ending: Ending?, into events: inout ByteBuffer) {
        events.writeStaticString("data: {\"id\":\"")
        self.head.session.write(into: &events)
        events.writeStaticString("\",\"object\":\"response.chunk\",\"created\":")
        events.writeString(String(self.head.createdSeconds))
        events.writeStaticString(",\"model\":\"")
        events.writeString(self.head.model.description)
        events.writeStaticString("\",\"delta\":{")
        if let content {
            events.writeStaticString("\"content\":")
            JSONWriter.writeString(content, into: &events)
        }
        switch ending {
        case nil: events.writeStaticString("},\"status\":null,\"finish_reason\":null}\n\n")
        case .completed: events.writeStaticString("},\"status\":\"completed\",\"finish_reason\":\"stop\"}\n\n")
        case .failed: events.writeStaticString("},\"status\":\"failed\",\"finish_reason\":\"error\"}\n\n")
        }
    }

    private func writeCompletion(_ usage: Usage, into events: inout ByteBuffer) {
        events.writeStaticString(
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\""
        )
        self.head.session.write(into: &events)
        events.writeStaticString("\",\"object\":\"response\",\"created_at\":")
        events.writeString(String(self.head.createdSeconds))
        events.writeStaticString(",\"status\":\"completed\",\"model\":\"")
        events.writeString(self.head.model.description)
        events.writeStaticString("\",\"usage\":")
        ResponsesAnswer.write(usage, into: &events)
        events.writeStaticString("}}\n\n")
    }
}
