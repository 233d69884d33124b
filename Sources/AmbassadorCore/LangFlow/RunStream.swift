import NIOCore

/// LangFlow's answer to `POST /api/v1/run/{flow}?stream=true`, read record by record.
///
/// Each record is a JSON object `{"event": …, "data": …}` on a line of its own. `end` carries the whole plain answer in `data.result`
/// and is the last; a run that fails has `error` events and no `end`.
struct RunStream {
    /// What a record means to the stream.
    enum Event {
        /// To be passed on.
        case record(StreamRecord)
        /// The last one, to be passed on once it is known that nothing follows.
        case end(StreamRecord)
    }

    private let session: UpstreamSessionID
    private var end: LangFlowAnswer.Outline?
    /// Whether every record so far is what LangFlow's framing and RFC 8259 allow: only then may the stream be stored.
    private var isStrict = true
    /// The last bytes of the text so far, one fewer than the session id has.
    private var tokenEnd: [UInt8] = []
    /// What LangFlow says went wrong, fit for callers.
    private(set) var failure: Failure?

    /// A run that failed after its answer had begun.
    struct Failure: Sendable, Equatable {
        let message: String?
    }

    init(session: UpstreamSessionID) {
        self.session = session
    }

    /// Reads a record.
    ///
    /// What is not JSON, or no event, is passed on as it is: it is not for the ambassador to end a stream that a client may understand.
    /// An error's record is replaced by one that says no more than callers may see: LangFlow's holds a traceback with its paths.
    mutating func read(_ record: ByteBuffer) -> Event {
        guard let document = self.document(of: record), let name = document["event"]?.string,
            let data = document["data"]
        else { return .record(self.readUnknown(record)) }
        if name.isEqual(to: "end") {
            self.end = data["result"].map { LangFlowAnswer.Outline(of: $0) } ?? .nothing
            return .end(StreamRecord(cutting: self.session, from: record))
        }
        if name.isEqual(to: "error") || LangFlowAnswer.isError(data)
            || data["data"].map(LangFlowAnswer.isError) ?? false
        {
            let message = Self.message(in: data).map(self.session.removed(from:))
            // The later of two says it in one sentence; the first is the component's own message.
            self.failure = Failure(message: message ?? self.failure?.message)
            return .record(Self.record(ofFailure: message))
        }
        if name.isEqual(to: "token"), let chunk = data["chunk"]?.string { self.noteToken(chunk.bytes) }
        return .record(StreamRecord(cutting: self.session, from: record))
    }

    /// Looks for the session id where it is split over tokens: it cannot be cut out of records that are passed on one by one, so that
    /// such a stream is not stored.
    private mutating func noteToken(_ token: ByteBufferView) {
        guard self.isStrict else { return }
        let rest = self.session.description.utf8.count - 1
        // Neither part can hold the whole id, so what is found lies over both.
        let seam = ByteBuffer(bytes: self.tokenEnd + token.prefix(rest))
        if !Answer.cut(self.session, from: seam).offsets.isEmpty { self.isStrict = false }
        self.tokenEnd = Array((self.tokenEnd + token.suffix(rest)).suffix(rest))
    }

    /// Notes that the stream was not framed as LangFlow frames it, so that it is not stored.
    mutating func noteUnusualFraming() {
        self.isStrict = false
    }

    private mutating func document(of record: ByteBuffer) -> JSONValue? {
        let depthMax = LangFlowAnswer.depthMax
        if let document = try? JSONParser.parse(record, depthMax: depthMax) { return document }
        self.isStrict = false
        // Halves of an emoji in tokens of their own, and NaN: Python writes them, and Python's clients read them.
        return try? JSONParser.parse(record, depthMax: depthMax, dialect: .python)
    }

    private mutating func readUnknown(_ record: ByteBuffer) -> StreamRecord {
        self.isStrict = false
        guard Self.looksLikeFailure(record) else { return StreamRecord(cutting: self.session, from: record) }
        self.failure = Failure(message: self.failure?.message)
        return Self.record(ofFailure: nil)
    }

    /// Whether a record that cannot be read may tell of a failure, and so hold a traceback.
    private static func looksLikeFailure(_ record: ByteBuffer) -> Bool {
        let marks: [StaticString] = ["raceback", "\"error\"", "File \\\""]
        return record.withUnsafeReadableBytes { bytes in
            marks.contains { mark in mark.withUTF8Buffer { bytes.contains(UnsafeRawBufferPointer($0)) } }
        }
    }

    /// What the whole plain answer holds; `nil` before the end.
    var outline: LangFlowAnswer.Outline? {
        self.end.map { end in
            // A run that failed on the way may still end.
            if self.failure != nil { return end.unstorable(.error) }
            return self.isStrict ? end : end.unstorable(.unstrict)
        }
    }

    /// The plain answer within the record that ends a stream, as LangFlow wrote it; empty where there is none.
    static func result(in record: ByteBuffer) -> ByteBuffer {
        guard let span = JSONSpan.ofValue(at: ["data", "result"], in: record),
            let result = record.getSlice(at: record.readerIndex + span.lowerBound, length: span.count)
        else { return ByteBuffer() }
        return result
    }

    /// The record that tells of a failure, with the members under which LangFlow's clients look for its text.
    static func record(ofFailure message: String?) -> StreamRecord {
        var bytes = ByteBuffer()
        let text = message ?? "The AI service failed"
        bytes.writeStaticString("{\"event\": \"error\", \"data\": {\"error\": ")
        JSONWriter.writeString(text, into: &bytes)
        bytes.writeStaticString(", \"text\": ")
        JSONWriter.writeString(text, into: &bytes)
        bytes.writeStaticString("}}\n\n")
        return StreamRecord(bytes: bytes)
    }

    private static func message(in data: JSONValue) -> String? {
        if let text = data["text"]?.string, !text.bytes.isEmpty { return MessageScrubber.scrub(Array(text.bytes)) }
        return LangFlowError.message(in: data)
    }
}
