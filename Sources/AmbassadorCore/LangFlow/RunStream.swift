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
    private var result: JSONValue?
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
    /// An error's record is replaced by one that says no more than callers may see: LangFlow's holds a traceback with its paths.
    ///
    /// - Throws: `invalid` where it is no event, or follows the last one.
    mutating func read(_ record: ByteBuffer) throws(UpstreamError) -> Event {
        guard self.result == nil else { throw .invalid("the stream goes on after its end") }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(record, depthMax: LangFlowAnswer.depthMax)
        } catch {
            throw .invalid("a record of the stream is not valid JSON: \(error)")
        }
        guard let name = document["event"]?.string, let data = document["data"] else {
            throw .invalid("a record of the stream is no event")
        }
        if name.isEqual(to: "end") {
            guard let result = data["result"], case .object = result else {
                throw .invalid("the stream's end has no result")
            }
            self.result = result
            return .end(StreamRecord(cutting: self.session, from: record))
        }
        if name.isEqual(to: "error") || LangFlowAnswer.isError(data)
            || data["data"].map(LangFlowAnswer.isError) ?? false
        {
            let message = Self.message(in: data)
            // The later of two says it in one sentence; the first is the component's own message.
            self.failure = Failure(message: message ?? self.failure?.message)
            return .record(Self.record(ofFailure: message))
        }
        return .record(StreamRecord(cutting: self.session, from: record))
    }

    /// What the whole plain answer holds; `nil` before the end.
    var outline: LangFlowAnswer.Outline? {
        self.result.map { result in
            let outline = LangFlowAnswer.Outline(of: result)
            // A run that failed on the way may still end.
            return self.failure == nil ? outline : outline.failed
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
