import AmbassadorCore
import Crypto
import NIOCore

/// What makes a value in Redis verifiable: HMAC-SHA-256 with a secret (RFC 2104), or SHA-256 where there is none.
///
/// The digest tells damage; only the HMAC tells forgery by somebody who can write to Redis.
struct EnvelopeSeal: Sendable {
    static let byteCount = 32

    private let key: SymmetricKey?

    init(secret: Secret?) {
        self.key = secret.map { SymmetricKey(data: Array($0.revealed.utf8)) }
    }

    /// Whether there is a secret; an envelope says which it was made with, and the other is not taken.
    var isKeyed: Bool { self.key != nil }

    /// Appends the seal of all that the buffer holds.
    func seal(_ buffer: inout ByteBuffer) {
        let tag = buffer.withUnsafeReadableBytes { bytes in
            if let key {
                Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
            } else {
                Array(SHA256.hash(data: bytes))
            }
        }
        buffer.writeBytes(tag)
    }

    /// Takes the seal off the end.
    ///
    /// - Returns: what it covers, or `nil` where it does not verify. Compared in constant time.
    func opened(_ buffer: ByteBuffer) -> ByteBuffer? {
        var content = buffer
        guard let length = Optional(content.readableBytes - Self.byteCount), length >= 0,
            let covered = content.readSlice(length: length)
        else { return nil }
        let isValid = buffer.withUnsafeReadableBytes { bytes in
            let body = UnsafeRawBufferPointer(rebasing: bytes[..<length])
            let tag = UnsafeRawBufferPointer(rebasing: bytes[length...])
            if let key {
                return HMAC<SHA256>.isValidAuthenticationCode(tag, authenticating: body, using: key)
            }
            return SHA256.hash(data: body) == tag
        }
        return isValid ? covered : nil
    }
}
