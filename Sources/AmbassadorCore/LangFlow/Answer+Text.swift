package import NIOCore

/// The text alone, in which the reader's own session id may stand.
extension Answer {
    /// What stands in a stored text for the session id.
    ///
    /// U+FDD0, a noncharacter: valid UTF-8 for which no text has a use (Unicode 23.7). Where one has, its readers see their own session id
    /// in place of it.
    private static let sessionMark: [UInt8] = [0xEF, 0xB7, 0x90]

    /// A text of LangFlow's with the mark wherever its session id stands.
    static func marking(_ session: UpstreamSessionID, in text: ByteBuffer) -> ByteBuffer {
        Self.replacing(Array(session.description.utf8), with: self.sessionMark, in: text)
    }

    /// The body as a reader with a session gets it.
    func body(for session: EscapedSessionID) -> ByteBuffer {
        guard !self.sessionOffsets.isEmpty else { return self.body }
        var body = ByteBuffer()
        session.write(into: self.body, at: self.sessionOffsets, to: &body)
        return body
    }

    /// Whether the text is another one for each session.
    var hasSessionInText: Bool { !Self.cut(Self.sessionMark, from: self.text).offsets.isEmpty }

    /// The text as a reader with a session gets it.
    func text(for session: SessionID) -> ByteBuffer {
        Self.replacing(Self.sessionMark, with: Array(session.description.utf8), in: self.text)
    }

    /// The text for records, with nothing where session ids stood.
    package var textWithoutSession: ByteBuffer { Self.cut(Self.sessionMark, from: self.text).cut }

    private static func replacing(_ old: [UInt8], with new: [UInt8], in text: ByteBuffer) -> ByteBuffer {
        let (cut, offsets) = Self.cut(old, from: text)
        guard !offsets.isEmpty else { return text }
        var replaced = ByteBuffer()
        replaced.reserveCapacity(cut.readableBytes + offsets.count * new.count)
        var rest = cut.readableBytesView
        let start = rest.startIndex
        for offset in offsets {
            replaced.writeBytes(rest[rest.startIndex..<start + offset])
            replaced.writeBytes(new)
            rest = rest[(start + offset)...]
        }
        replaced.writeBytes(rest)
        return replaced
    }
}
