import AmbassadorCore
import Crypto
import NIOCore

/// What makes a value in Redis verifiable: HMAC-SHA-256 with a secret (RFC 2104), or SHA-256 where there is none.
///
/// The digest tells damage; only the HMAC tells forgery by somebody who can write to Redis.
struct EnvelopeSeal: Sendable {
    static let byteCount = 32

    /// With the secret taken in; each seal goes on from a copy, since to take it in takes as long as to seal a short value.
    private let keyed: HMAC<SHA256>?

    init(secret: Secret?) {
        self.keyed = secret.map { HMAC(key: SymmetricKey(data: Array($0.revealed.utf8))) }
    }

    /// Whether there is a secret; an envelope says which it was made with, and the other is not taken.
    var isKeyed: Bool { self.keyed != nil }

    /// Appends the seal of all that the buffer holds.
    func seal(_ buffer: inout ByteBuffer) {
        let tag = buffer.withUnsafeReadableBytes { bytes in
            if let code = self.code(of: bytes) { Array(code) } else { Array(SHA256.hash(data: bytes)) }
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
            return if let code = self.code(of: body) { code == tag } else { SHA256.hash(data: body) == tag }
        }
        return isValid ? covered : nil
    }

    /// - Returns: `nil` where there is no secret.
    private func code(of bytes: UnsafeRawBufferPointer) -> HMAC<SHA256>.MAC? {
        guard var code = self.keyed else { return nil }
        code.update(data: bytes)
        return code.finalize()
    }
}
