import NIOCore

/// How one reader sees a run's stream.
enum StreamView: Sendable {
    /// As LangFlow's run call tells it, with the reader's own session.
    case run(EscapedSessionID)
    /// As LangFlow's OpenAI-compatible call does.
    case responses(ResponsesTranslator)

    /// The bytes that the reader gets for records; empty where they tell it nothing.
    mutating func bytes(of records: [StreamRecord], isLast: Bool) -> ByteBuffer {
        switch self {
        case .run(let session): return records.bytes(for: session)
        case .responses(var translator):
            let bytes = translator.translate(records, isLast: isLast)
            self = .responses(translator)
            return bytes
        }
    }

    /// The last bytes of a stream that broke off.
    func bytes(ofFailure message: String) -> ByteBuffer {
        switch self {
        case .run: RunStream.record(ofFailure: message).bytes
        case .responses(let translator): translator.failure(message)
        }
    }
}
