import NIOCore

/// How one reader sees a run's stream.
enum StreamView: Sendable {
    /// As LangFlow's run call tells it, with the reader's own session.
    case run(EscapedSessionID)
    /// In the words of another call.
    case translated(any StreamTranslator)

    /// The bytes that the reader gets for records; empty where they tell it nothing.
    mutating func bytes(of records: [StreamRecord], isLast: Bool) -> ByteBuffer {
        switch self {
        case .run(let session): return records.bytes(for: session)
        case .translated(var translator):
            let bytes = translator.translate(records, isLast: isLast)
            self = .translated(translator)
            return bytes
        }
    }

    /// The last bytes of a stream that broke off.
    mutating func bytes(ofFailure message: String) -> ByteBuffer {
        switch self {
        case .run: return RunStream.record(ofFailure: message).bytes
        case .translated(var translator):
            let bytes = translator.failure(message)
            self = .translated(translator)
            return bytes
        }
    }
}

/// Tells a run's stream in the words of another call, for one reader.
protocol StreamTranslator: Sendable {
    /// The reader's session.
    var session: EscapedSessionID { get }

    /// Turns a run's records into events.
    ///
    /// - Parameters:
    ///   - records: of the run's stream, in order.
    ///   - isLast: whether nothing follows them.
    /// - Returns: the events; none for what only LangFlow's own framing shows.
    mutating func translate(_ records: [StreamRecord], isLast: Bool) -> ByteBuffer

    /// The last events of a stream that broke off, of which LangFlow could not tell any more.
    mutating func failure(_ message: String) -> ByteBuffer
}

extension StreamTranslator {
    /// A stored stream, told whole.
    func told(_ answer: Answer) -> Answer {
        var translator = self
        var splitter = RecordSplitter(recordBytesMax: .max)
        splitter.append(answer.body(for: self.session))
        var records: [StreamRecord] = []
        // Bytes that do not end as a record are none, and nothing stored has any.
        while let record = try? splitter.next() { records.append(StreamRecord(bytes: record)) }
        let events = translator.translate(records, isLast: true)
        return Answer(form: .records, body: events, sessionOffsets: [], text: answer.text)
    }
}
