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

    /// Calls with the 36 bytes, made once.
    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { bytes in
            self.write(into: bytes)
            body(UnsafeRawBufferPointer(bytes))
        }
    }

    private func write(into bytes: UnsafeMutableRawBufferPointer) {
        let (first, second) = HexDigits.digits(of: self.words.high)
        let (third, fourth) = HexDigits.digits(of: self.words.low)
        let hyphen = UInt8(ascii: "-")
        // Eight digits, three groups of four, and twelve.
        bytes.storeBytes(of: first.bigEndian, as: UInt64.self)
        bytes[8] = hyphen
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
        bytes[13] = hyphen
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: second).bigEndian, toByteOffset: 14, as: UInt32.self)
        bytes[18] = hyphen
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
        bytes[23] = hyphen
        bytes.storeBytes(of: UInt32(truncatingIfNeeded: third).bigEndian, toByteOffset: 24, as: UInt32.self)
        bytes.storeBytes(of: fourth.bigEndian, toByteOffset: 28, as: UInt64.self)
    }
}
