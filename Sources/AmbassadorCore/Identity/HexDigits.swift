package import NIOCore

/// Lower-case hexadecimal, as trace ids, hashes and session ids are written.
package enum HexDigits {
    /// The value of one lower-case digit, or `nil`.
    package static func value(ofLowercase byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The lower-case digit of a value from 0 to 15.
    package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Appends the 16 digits of a word, the highest first.
    package static func write(_ word: UInt64, into buffer: inout ByteBuffer) {
        let (high, low) = Self.digits(of: word)
        buffer.writeInteger(high)
        buffer.writeInteger(low)
    }

    /// Writes the 16 digits of a word over what stands at an index.
    ///
    /// - Returns: how many bytes that were.
    package static func set(_ word: UInt64, at index: Int, in buffer: inout ByteBuffer) -> Int {
        let (high, low) = Self.digits(of: word)
        return buffer.setInteger(high, at: index) + buffer.setInteger(low, at: index + 8)
    }

    /// The 16 digits of a word, eight in each half, the first one in the highest byte.
    static func digits(of word: UInt64) -> (high: UInt64, low: UInt64) {
        // Each nibble gets a byte of its own in three folds, so that all eight digits of a half are made at once.
        (
            Self.digits(of: UInt32(truncatingIfNeeded: word >> 32)),
            Self.digits(of: UInt32(truncatingIfNeeded: word))
        )
    }

    private static func digits(of word: UInt32) -> UInt64 {
        var spread = UInt64(word)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
    }
}
