/// Base64 with the URL-safe alphabet and without padding, as JOSE writes it (RFC 7515 §2, RFC 4648 §5).
enum Base64URL {
    /// Decodes the one spelling that each run of bytes has.
    ///
    /// - Returns: `nil` for an empty text and for padding, white space, the letters `+` and `/`, a length that no text has, and
    ///   bits after the last byte that are not zero: with them one signature would have several spellings.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let count = text.count
        guard count > 0, count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for letter in text {
            let value = Self.values[Int(letter)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        }
        guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
        return bytes
    }

    /// The value of each letter; 255 for bytes that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for (value, letter) in alphabet.utf8.enumerated() {
            values[Int(letter)] = UInt8(value)
        }
        return values
    }()
}
