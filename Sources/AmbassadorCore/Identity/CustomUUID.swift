import NIOCore

/// 122 bits of ours as a UUID of version 8 (RFC 9562 §5.8), written in lower case.
struct CustomUUID: Sendable, CustomStringConvertible {
    static let byteCount = 36

    private let words: (high: UInt64, low: UInt64)

    /// The bits where version and variant stand are not kept.
    init(high: UInt64, low: UInt64) {
        self.words = (high & ~0xF000 | 0x8000, low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// Appends the 36 bytes.
    func write(into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.byteCount) { bytes in
            self.write(into: bytes)
            return Self.byteCount
        }
    }

    var description: String {
        String(unsafeUninitializedCapacity: Self.byteCount) { text in
            self.write(into: UnsafeMutableRawBufferPointer(text))
            return Self.byteCount
        }
    }

    private func write(into bytes: UnsafeMutableRawBufferPointer) {
        var position = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                bytes[position] = UInt8(ascii: "-")
                position += 1
            }
            let word = nibble < 16 ? self.words.high : self.words.low
            bytes[position] = HexDigits.digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble % 16))) & 0xF)
            position += 1
        }
    }
}
