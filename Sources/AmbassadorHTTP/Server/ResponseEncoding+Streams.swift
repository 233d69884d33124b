import AmbassadorCore
import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// Bodies in LangFlow's stream framing: those that are still being made, and those that are replayed.
extension ResponseEncoding {
    /// As LangFlow labels its streams, whatever they are.
    ///
    /// nginx and its kin hold an answer back until they have enough of it, unless they are told that it is a stream.
    static func writeStreamType(into buffer: inout ASCIIWriter) {
        buffer.writeStaticString("\r\nContent-Type: text/event-stream; charset=utf-8\r\nX-Accel-Buffering: no")
    }

    /// Says where the body ends: where its length or its last chunk says so or, for a stream to HTTP/1.0, with the connection.
    static func writeFraming(of content: Response.Content, _ manner: Manner, into buffer: inout ASCIIWriter) {
        switch content {
        case .stream where !manner.takesChunks: break
        case .stream: buffer.writeStaticString("\r\nTransfer-Encoding: chunked")
        case .answer(let answer, _) where answer.form == .records && manner.takesChunks:
            buffer.writeStaticString("\r\nTransfer-Encoding: chunked")
        default:
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeDecimal(content.byteCount)
        }
    }

    static func writeBody(_ content: Response.Content, _ manner: Manner, into buffer: inout ByteBuffer) {
        if case .answer(let answer, let session) = content, answer.form == .records, manner.takesChunks {
            Self.writeRecords(of: answer, session, into: &buffer)
        } else {
            content.write(into: &buffer)
        }
    }

    /// Writes each record as a chunk, as LangFlow does: there are clients that take a chunk for a record.
    private static func writeRecords(of answer: Answer, _ session: EscapedSessionID, into buffer: inout ByteBuffer) {
        answer.body.withUnsafeReadableBytes { body in
            var offsets = answer.sessionOffsets[...]
            var start = 0
            while start < body.count {
                let end = Self.recordEnd(in: body, from: start)
                let here = offsets.prefix { $0 < end || end == body.count }
                offsets = offsets.dropFirst(here.count)
                Self.writeHexadecimal(end - start + here.count * session.byteCount, into: &buffer)
                buffer.writeStaticString("\r\n")
                for offset in here {
                    buffer.writeBytes(UnsafeRawBufferPointer(rebasing: body[start..<offset]))
                    session.write(into: &buffer)
                    start = offset
                }
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: body[start..<end]))
                buffer.writeStaticString("\r\n")
                start = end
            }
        }
        buffer.writeStaticString("0\r\n\r\n")
    }

    /// Takes the first of several records, so that each is a chunk of its own, whatever else was there to be sent with it.
    ///
    /// - Returns: `nil` where none is left.
    static func takeRecord(from bytes: inout ByteBuffer) -> ByteBuffer? {
        guard bytes.readableBytes > 0 else { return nil }
        let length = bytes.withUnsafeReadableBytes { Self.recordEnd(in: $0, from: 0) }
        return bytes.readSlice(length: length)
    }

    /// Where the record ends that begins at `start`: behind its empty line, or with the body.
    private static func recordEnd(in body: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = body.baseAddress else { return body.count }
        var position = start
        while let found = memchr(base + position, Int32(UInt8(ascii: "\n")), body.count - position) {
            position = UnsafeRawPointer(found) - base + 1
            if position < body.count, body[position] == UInt8(ascii: "\n") { return position + 1 }
        }
        return body.count
    }

    /// Appends a chunk of a stream; the bytes are never empty, since that would be the last one.
    static func writeChunk(_ bytes: ByteBuffer, into buffer: inout ByteBuffer) {
        Self.writeHexadecimal(bytes.readableBytes, into: &buffer)
        buffer.writeStaticString("\r\n")
        buffer.writeImmutableBuffer(bytes)
        buffer.writeStaticString("\r\n")
    }

    static func writeHexadecimal(_ number: Int, into buffer: inout ByteBuffer) {
        var shift = max(0, (Int.bitWidth - number.leadingZeroBitCount - 1) / 4 * 4)
        while shift >= 0 {
            buffer.writeInteger(HexDigits.digit(UInt8(truncatingIfNeeded: number >> shift & 0xF)))
            shift -= 4
        }
    }
}
