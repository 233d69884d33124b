import AmbassadorCore
import Crypto

/// SHA-256 of a whole API key: all of it that is kept.
///
/// The key has more random bits than could be tried, so that its digest needs no salt and no slow function.
package struct APIKeyDigest: Sendable, CustomStringConvertible {
    /// A digest of no key that anybody could find: what a key of an unknown id is compared with.
    static let nobodys = APIKeyDigest(words: (0, 0, 0, 0))

    /// The digest's bytes, the first ones first and highest.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Computes the digest of a key's bytes.
    init(of key: UnsafeBufferPointer<UInt8>) {
        var hasher = SHA256()
        hasher.update(bufferPointer: UnsafeRawBufferPointer(key))
        self.words = hasher.finalize().withUnsafeBytes { digest in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
            }
            return (word(0), word(1), word(2), word(3))
        }
    }

    /// Reads exactly 64 lower-case hexadecimal digits.
    ///
    /// - Returns: `nil` for anything else.
    package init?(hex digits: some Collection<UInt8>) {
        guard digits.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, byte) in digits.enumerated() {
            guard let value = HexDigits.value(ofLowercase: byte) else { return nil }
            words[position / 16] = words[position / 16] << 4 | UInt64(value)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Whether two digests are equal, in time that does not tell where they differ.
    func matches(_ other: APIKeyDigest) -> Bool {
        let (left, right) = (self.words, other.words)
        let differences = (left.0 ^ right.0) | (left.1 ^ right.1) | (left.2 ^ right.2) | (left.3 ^ right.3)
        return differences == 0
    }

    /// 64 lower-case hexadecimal digits.
    package var description: String {
        let digits = [self.words.0, self.words.1, self.words.2, self.words.3].flatMap { word in
            stride(from: 60, through: 0, by: -4).map { HexDigits.digit(UInt8(truncatingIfNeeded: word >> $0) & 0xF) }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
