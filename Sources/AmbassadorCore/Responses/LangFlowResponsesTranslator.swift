import NIOCore

/// Tells a run's stream in the words of LangFlow's OpenAI-compatible call.
///
/// Server-sent events: a chunk for each token, a chunk that says how it ended, `response.completed`, and `[DONE]`. A flow that gives
/// no tokens has its text in one chunk, where LangFlow itself would lose it.
struct LangFlowResponsesTranslator: StreamTranslator {
    private let head: LangFlowResponsesHead
    private var hasBegun = false
    private var hasText = false
    private var hasFailed = false

    init(_ head: LangFlowResponsesHead) {
        self.head = head
    }

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

    var session: EscapedSessionID { self.head.session }

    func failure(_ message: String) -> ByteBuffer {
        var events = ByteBuffer()
        self.writeChunk(content: ByteBuffer(string: message), ending: .failed, into: &events)
        return events
    }

    private mutating func write(_ record: StreamRecord, into events: inout ByteBuffer) {
        switch RunEvent(record, for: self.head.session) {
        case nil: return
        case .token(let chunk)?:
            self.hasText = true
            self.writeChunk(content: chunk, ending: nil, into: &events)
        case .failure(let message)?:
            guard !self.hasFailed else { return }
            self.hasFailed = true
            self.writeChunk(content: message, ending: .failed, into: &events)
        case .end(let text, let usage)?:
            guard !self.hasFailed else { return }
            if !self.hasText, let text { self.writeChunk(content: text, ending: nil, into: &events) }
            self.writeChunk(content: nil, ending: .completed, into: &events)
            self.writeCompletion(usage, into: &events)
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
        LangFlowResponsesAnswer.write(usage, into: &events)
        events.writeStaticString("}}\n\n")
    }
}
