package import NIOCore

/// What a caller gets, framing and date left out.
package struct Response: Sendable {
    package var status: Int
    package var traceID: TraceID
    package var content: Content
    package var cacheStatus: CacheStatus?
    /// Seconds since the answer was made; `nil` where it was made for this request.
    package var ageSeconds: Int?
    package var degradation: Degradation?
    package var retryAfterSeconds: Int?
    /// The methods that the route takes, on a 405.
    package var allowedMethods: String?

    package init(status: Int, traceID: TraceID, content: Content) {
        self.status = status
        self.traceID = traceID
        self.content = content
    }

    /// A response's body and its type.
    package enum Content: Sendable {
        /// LangFlow's JSON with the reader's own session id where LangFlow had put one; `application/json`.
        case answer(Answer, session: EscapedSessionID)
        /// The answer's text alone; `text/plain; charset=utf-8`.
        case text(ByteBuffer)
        /// `application/json`, as it is.
        case json(ByteBuffer)
        /// `application/problem+json` (RFC 9457).
        case problem(ByteBuffer)

        /// The length of the body in bytes.
        package var byteCount: Int {
            switch self {
            case .answer(let answer, let session):
                answer.body.readableBytes + answer.sessionOffsets.count * session.bytes.readableBytes
            case .text(let bytes), .json(let bytes), .problem(let bytes):
                bytes.readableBytes
            }
        }

        /// Appends the body.
        package func write(into buffer: inout ByteBuffer) {
            switch self {
            case .answer(let answer, let session):
                var start = answer.body.readerIndex
                for offset in answer.sessionOffsets {
                    let cut = answer.body.readerIndex + offset
                    buffer.writeBytes(of: answer.body, from: start, to: cut)
                    buffer.writeImmutableBuffer(session.bytes)
                    start = cut
                }
                buffer.writeBytes(of: answer.body, from: start, to: answer.body.writerIndex)
            case .text(let bytes), .json(let bytes), .problem(let bytes):
                buffer.writeImmutableBuffer(bytes)
            }
        }

        /// The body.
        package var bytes: ByteBuffer {
            var buffer = ByteBuffer()
            buffer.reserveCapacity(self.byteCount)
            self.write(into: &buffer)
            return buffer
        }
    }

    /// How an answer falls short; the value of `X-Ambassador-Degraded`.
    package enum Degradation: String, Sendable {
        case stale
        case fallback
    }
}

/// A caller's session id as it stands between the quotes of a JSON string.
package struct EscapedSessionID: Sendable {
    package let bytes: ByteBuffer

    package init(_ session: SessionID) {
        self.init(session.description)
    }

    /// Escapes a session's text that came from elsewhere than a caller.
    package init(_ text: String) {
        // Most ids are UUIDs, which are written as they are.
        guard text.utf8.contains(where: Self.isEscaped) else {
            self.bytes = ByteBuffer(string: text)
            return
        }
        var bytes = ByteBuffer()
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.writeInteger(UInt8(ascii: "\\"))
                bytes.writeInteger(byte)
            case 0..<0x20:
                bytes.writeStaticString("\\u00")
                bytes.writeInteger(HexDigits.digit(byte >> 4))
                bytes.writeInteger(HexDigits.digit(byte & 0xF))
            default:
                bytes.writeInteger(byte)
            }
        }
        self.bytes = bytes
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}

extension ByteBuffer {
    /// Appends a range of another buffer, given by that buffer's own indices.
    fileprivate mutating func writeBytes(of other: ByteBuffer, from start: Int, to end: Int) {
        guard end > start, let slice = other.getSlice(at: start, length: end - start) else { return }
        self.writeImmutableBuffer(slice)
    }
}
