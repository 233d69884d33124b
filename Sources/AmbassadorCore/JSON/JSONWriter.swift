package import NIOCore

/// Writes JSON in one canonical form: what is equal has equal bytes.
///
/// Members sorted by the bytes of their names, no white space, numbers as they were written, and only those characters escaped
/// that must be. Unlike RFC 8785, numbers are not rounded to doubles, so that 2⁵³ and 2⁵³+1 stay two values.
package enum JSONWriter {
    /// Appends a value.
    package static func write(_ value: JSONValue, into buffer: inout ByteBuffer) {
        switch value {
        case .null: buffer.writeStaticString("null")
        case .bool(let isTrue): buffer.writeStaticString(isTrue ? "true" : "false")
        case .number(let lexeme): buffer.writeImmutableBuffer(lexeme.buffer)
        case .string(let string): Self.writeString(string.buffer, into: &buffer)
        case .array(let elements):
            buffer.writeInteger(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                Self.write(element, into: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: "]"))
        case .object(let members):
            buffer.writeInteger(UInt8(ascii: "{"))
            for (position, member) in members.sorted(by: { $0.name < $1.name }).enumerated() {
                if position > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                Self.writeString(member.name.buffer, into: &buffer)
                buffer.writeInteger(UInt8(ascii: ":"))
                Self.write(member.value, into: &buffer)
            }
            buffer.writeInteger(UInt8(ascii: "}"))
        }
    }

    /// Appends a string with its quotes.
    package static func writeString(_ text: String, into buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { Self.writeString(UnsafeRawBufferPointer($0), into: &buffer) }
    }

    /// Appends bytes, which must be valid UTF-8, as a string with its quotes.
    package static func writeString(_ bytes: [UInt8], into buffer: inout ByteBuffer) {
        bytes.withUnsafeBytes { Self.writeString($0, into: &buffer) }
    }

    /// Appends the readable bytes, valid UTF-8 but for halves of surrogate pairs (``JSONDialect/python``), as a string with its quotes.
    package static func writeString(_ text: ByteBuffer, into buffer: inout ByteBuffer) {
        text.withUnsafeReadableBytes { Self.writeString($0, into: &buffer) }
    }

    private static func writeString(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: bytes.count + 2)
        buffer.writeInteger(UInt8(ascii: "\""))
        var runStart = 0
        for index in bytes.indices {
            let byte = bytes[index]
            let half = byte == 0xED ? Self.half(at: index, of: bytes) : nil
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || half != nil else {
                continue
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart..<index]))
            if let half { Self.writeEscape(half, into: &buffer) } else { Self.writeEscape(byte, into: &buffer) }
            runStart = index + (half == nil ? 1 : 3)
        }
        buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart...]))
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// The half of a surrogate pair that three bytes hold; `nil` for bytes of UTF-8.
    private static func half(at index: Int, of bytes: UnsafeRawBufferPointer) -> UInt16? {
        guard index + 2 < bytes.count, bytes[index + 1] >= 0xA0 else { return nil }
        return 0xD000 | UInt16(bytes[index + 1] & 0x3F) << 6 | UInt16(bytes[index + 2] & 0x3F)
    }

    private static func writeEscape(_ half: UInt16, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("\\u")
        for shift in [12, 8, 4, 0] {
            buffer.writeInteger(HexDigits.digit(UInt8(truncatingIfNeeded: half >> shift & 0xF)))
        }
    }

    private static func writeEscape(_ byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case 0x08: buffer.writeStaticString("\\b")
        case 0x09: buffer.writeStaticString("\\t")
        case 0x0A: buffer.writeStaticString("\\n")
        case 0x0C: buffer.writeStaticString("\\f")
        case 0x0D: buffer.writeStaticString("\\r")
        case ..<0x20:
            buffer.writeStaticString("\\u00")
            buffer.writeInteger(HexDigits.digit(byte >> 4))
            buffer.writeInteger(HexDigits.digit(byte & 0xF))
        default:
            buffer.writeInteger(UInt8(ascii: "\\"))
            buffer.writeInteger(byte)
        }
    }
}
