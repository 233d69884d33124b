package import AmbassadorCore

/// An API key as its owner has it: `amb_`, an id of 8 bytes, `_`, 28 random base62 digits and 6 of a checksum; 47 bytes.
///
/// The checksum tells a mistyped key from an unknown one without a look-up, and lets tools that search code and logs for
/// secrets know one when they see it.
package struct APIKey: Sendable {
    /// What every key begins with, so that people and tools see what it is.
    private static let prefix = Array("amb_".utf8)
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    /// 166 bits.
    private static let secretLength = 28
    /// 62⁶ is more than 2³².
    private static let checksumLength = 6
    private static let idRange = 4..<4 + APIKeyID.length
    private static let checkedLength = Self.idRange.upperBound + 1 + Self.secretLength
    static let length = Self.checkedLength + Self.checksumLength

    package let id: APIKeyID
    /// The whole key, to be shown once and kept nowhere.
    package let secret: Secret
    package let digest: APIKeyDigest

    /// Makes a key at random; outside of tests, the generator must be a cryptographically secure one.
    init(id: APIKeyID, using generator: inout some RandomNumberGenerator) {
        var bytes = Self.prefix + Array(id.description.utf8) + [UInt8(ascii: "_")]
        for _ in 0..<Self.secretLength {
            bytes.append(Self.digits[Int.random(in: Self.digits.indices, using: &generator)])
        }
        bytes += bytes.withUnsafeBufferPointer { Self.checksum(of: $0) }
        self.id = id
        self.secret = Secret(String(decoding: bytes, as: UTF8.self))
        self.digest = bytes.withUnsafeBufferPointer { APIKeyDigest(of: $0) }
    }

    /// Reads a key that somebody shows; whether there is such a key is not asked.
    ///
    /// - Returns: `nil` where it is none: another length, other bytes, or a checksum that is not its own.
    package init?(_ secret: Secret) {
        var text = secret.revealed
        let parts = text.withUTF8 { bytes -> (APIKeyID, APIKeyDigest)? in
            guard bytes.count == Self.length, bytes.starts(with: Self.prefix),
                let id = APIKeyID(bytes[Self.idRange]), bytes[Self.idRange.upperBound] == UInt8(ascii: "_"),
                bytes[(Self.idRange.upperBound + 1)...].allSatisfy(Self.isDigit),
                Self.checksum(of: UnsafeBufferPointer(rebasing: bytes[..<Self.checkedLength]))
                    .elementsEqual(bytes[Self.checkedLength...])
            else { return nil }
            return (id, APIKeyDigest(of: bytes))
        }
        guard let parts else { return nil }
        (self.id, self.digest) = parts
        self.secret = secret
    }

    /// Whether a bearer is meant to be an API key; it may still be a wrong one.
    package static func looksLikeOne(_ secret: Secret) -> Bool {
        secret.revealed.utf8.starts(with: Self.prefix)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }

    /// The CRC-32 of IEEE 802.3 as base62 digits, the highest first.
    private static func checksum(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            // 41 bytes bit by bit cost less than the SHA-256 that follows, so there is no table.
            for _ in 0..<8 {
                remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0)
            }
        }
        var rest = Int(~remainder)
        var digits = [UInt8](repeating: 0, count: Self.checksumLength)
        for position in digits.indices.reversed() {
            digits[position] = Self.digits[rest % Self.digits.count]
            rest /= Self.digits.count
        }
        return digits
    }
}
