import NIOCore

/// One record of a stream, ready for any of its readers.
struct StreamRecord: Sendable {
    /// LangFlow's bytes without the session ids, and with the empty line that ends the record.
    let bytes: ByteBuffer
    /// Where the reader's own session id belongs; as ``Answer/sessionOffsets``.
    let sessionOffsets: [Int]

    /// A record in bytes of its own: a slice would keep all that was read with it in memory.
    init(cutting session: UpstreamSessionID, from record: ByteBuffer) {
        let (bytes, offsets) = Answer.cut(session, from: record)
        self.bytes = offsets.isEmpty ? ByteBuffer(bytes: bytes.readableBytesView) : bytes
        self.sessionOffsets = offsets
    }

    init(bytes: ByteBuffer, sessionOffsets: [Int] = []) {
        self.bytes = bytes
        self.sessionOffsets = sessionOffsets
    }

    /// What it costs in memory, about.
    var byteCount: Int { 64 + self.bytes.readableBytes + 8 * self.sessionOffsets.count }
}

extension Collection<StreamRecord> {
    /// The records as one answer.
    func answer(text: ByteBuffer) -> Answer {
        var body = ByteBuffer()
        body.reserveCapacity(self.reduce(0) { $0 + $1.bytes.readableBytes })
        var offsets: [Int] = []
        for record in self {
            let start = body.readableBytes
            offsets += record.sessionOffsets.map { start + $0 }
            body.writeImmutableBuffer(record.bytes)
        }
        return Answer(form: .records, body: body, sessionOffsets: offsets, text: text)
    }

    /// The records as one reader gets them.
    func bytes(for session: EscapedSessionID) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(
            self.reduce(0) { $0 + $1.bytes.readableBytes + $1.sessionOffsets.count * session.byteCount }
        )
        for record in self {
            session.write(into: record.bytes, at: record.sessionOffsets, to: &bytes)
        }
        return bytes
    }
}
