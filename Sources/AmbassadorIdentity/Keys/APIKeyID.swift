/// The part of an API key that finds it; it is no secret, and the name by which a key is revoked.
///
/// 8 bytes of `0-9 a-z`.
package struct APIKeyID: Hashable, Sendable, CustomStringConvertible {
    static let length = 8
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

    /// The bytes, the first one highest.
    private let word: UInt64

    /// Checks the bytes of an id.
    ///
    /// - Returns: `nil` where the bytes are not an id.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length, bytes.allSatisfy(Self.isDigit) else { return nil }
        self.word = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Checks an id that stands in a string.
    package init?(_ text: String) {
        self.init(text.utf8)
    }

    /// Makes an id at random: 41 bits, enough to be unique among the keys of a file after a few tries.
    init(using generator: inout some RandomNumberGenerator) {
        var word: UInt64 = 0
        for _ in 0..<Self.length {
            word = word << 8 | UInt64(Self.digits[Int.random(in: Self.digits.indices, using: &generator)])
        }
        self.word = word
    }

    package var description: String {
        let shifts = stride(from: 56, through: 0, by: -8)
        return String(decoding: shifts.map { UInt8(truncatingIfNeeded: self.word >> UInt64($0)) }, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
