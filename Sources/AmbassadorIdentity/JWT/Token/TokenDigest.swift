import Crypto

/// The SHA-256 of a whole token, signature included: what stands for it in memory, so that no token is kept.
struct TokenDigest: Hashable, Sendable {
    let first: UInt64
    let second: UInt64
    let third: UInt64
    let fourth: UInt64

    init(of token: String) {
        var hasher = SHA256()
        let isHashed: Void? = token.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
        if isHashed == nil {
            hasher.update(data: Array(token.utf8))
        }
        (self.first, self.second, self.third, self.fourth) = hasher.finalize().withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }
}
