import NIOCore

/// 122 bits of ours as a UUID of version 8 (RFC 9562 §5.8), written in lower case.
struct CustomUUID: Sendable, CustomStringConvertible {
    static let byteCount = 36

    private let words: (high: UInt64, low: UInt64)

    /// The bits where version and variant stand are not kept.
    init(high: UInt64, low: UInt64) {
        self.words = (high & ~0xF000 | 0x8000, low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// Reads one that was written here.
    ///
    /// - Returns: `nil` for anything else.
    init?(_ text: String) {
        guard text.utf8.count == Self.byteCount else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for (position, byte) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = HexDigits.value(ofLowercase: byte) else { return nil }
            // Before the third hyphen are the first sixteen digits.
            if position < 18 {
                words.high = words.high << 4 | UInt64(digit)
            } else {
                words.low = words.low << 4 | UInt64(digit)
            }
        }
        self.init(high: words.high, low: words.low)
        guard self.words == words else { return nil }
    }

    /// The same with a mark in its last 32 bits that this process alone can tell from chance; 90 bits of it stay as they are.
    var marked: CustomUUID {
        CustomUUID(high: self.words.high, low: self.words.low & ~UInt64(UInt32.max) | UInt64(self.mark))
    }

    var isMarked: Bool { UInt32(truncatingIfNeeded: self.words.low) == self.mark }

    private static let markKey = RandomPool.shared.next()

    private var mark: UInt32 {
        let (first, second) = Self.markKey
        let product = (self.words.high ^ first).multipliedFullWidth(by: (self.words.low >> 32) ^ second | 1)
        return UInt32(truncatingIfNeeded: (product.high ^ product.low) >> 16)
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
