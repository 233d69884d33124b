import NIOCore

/// What a record of a run's stream says to those who tell it in other words.
enum RunEvent {
    /// A piece of the text; never empty.
    case token(ByteBuffer)
    /// The run failed; the message is fit for callers.
    case failure(ByteBuffer)
    /// The end, with the whole text and what was used.
    case end(text: ByteBuffer?, Usage)

    /// Reads a record as the reader with a session gets it.
    ///
    /// - Returns: `nil` for what only LangFlow's own framing shows, and for what is no event.
    init?(_ record: StreamRecord, for session: EscapedSessionID) {
        let bytes = record.sessionOffsets.isEmpty ? record.bytes : [record].bytes(for: session)
        // It was read when it came from LangFlow or from a cache; what is no event any more has nothing to tell.
        guard let document = try? JSONParser.parse(bytes, depthMax: LangFlowAnswer.depthMax, dialect: .python),
            let name = document["event"]?.string, let data = document["data"]
        else { return nil }
        if name.isEqual(to: "token"), let chunk = data["chunk"]?.string, !chunk.bytes.isEmpty {
            self = .token(chunk.buffer)
        } else if name.isEqual(to: "error") {
            self = .failure(data["text"]?.string?.buffer ?? ByteBuffer())
        } else if name.isEqual(to: "end") {
            let outline = data["result"].map { LangFlowAnswer.Outline(of: $0) }
            self = .end(text: outline?.text.map { ByteBuffer($0) }, outline?.usage ?? .unknown)
        } else {
            return nil
        }
    }
}
