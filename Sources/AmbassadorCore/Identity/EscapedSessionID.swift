package import NIOCore

/// A caller's session id as it stands between the quotes of a JSON string.
package struct EscapedSessionID: Sendable {
    private enum Form: Sendable {
        case bytes(ByteBuffer)
        /// Nothing in it is ever escaped, and it is written where it belongs without being made first.
        case uuid(CustomUUID)
    }

    private let form: Form

    init(_ uuid: CustomUUID) {
        self.form = .uuid(uuid)
    }

    /// Escapes a session's text.
    package init(_ text: String) {
        guard text.utf8.contains(where: Self.isEscaped) else {
            self.form = .bytes(ByteBuffer(string: text))
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
        self.form = .bytes(bytes)
    }

    /// How many bytes it is.
    package var byteCount: Int {
        switch self.form {
        case .bytes(let bytes): bytes.readableBytes
        case .uuid: CustomUUID.byteCount
        }
    }

    /// Appends it.
    package func write(into buffer: inout ByteBuffer) {
        switch self.form {
        case .bytes(let bytes): buffer.writeImmutableBuffer(bytes)
        case .uuid(let uuid): uuid.write(into: &buffer)
        }
    }

    /// Appends bytes with the id written into them at offsets that ascend.
    package func write(into bytes: ByteBuffer, at offsets: [Int], to buffer: inout ByteBuffer) {
        let length = bytes.readableBytes + offsets.count * self.byteCount
        buffer.writeASCII(atMost: length) { writer in
            bytes.withUnsafeReadableBytes { bytes in
                self.withBytes { id in
                    var start = 0
                    for offset in offsets {
                        writer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
                        writer.writeBytes(id)
                        start = offset
                    }
                    writer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
                }
            }
        }
    }

    private func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        switch self.form {
        case .bytes(let bytes): bytes.withUnsafeReadableBytes(body)
        case .uuid(let uuid): uuid.withBytes(body)
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
