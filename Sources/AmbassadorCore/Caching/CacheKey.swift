import Crypto
import NIOCore

/// What finds an entry: whose it is, which flow answered, and what was asked.
///
/// Two keys are equal only where tenant, target and every keyed part of the request are; see ``CacheScope`` and ``InputHash``.
package struct CacheKey: Hashable, Sendable, CustomStringConvertible {
    package let scope: CacheScope
    package let input: InputHash

    package init(scope: CacheScope, input: InputHash) {
        self.scope = scope
        self.input = input
    }

    /// Reads a key as operators see it: 32 lower-case hexadecimal digits of the scope, a hyphen, 64 of the input.
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 97, digits[32] == UInt8(ascii: "-") else { return nil }
        var words: [UInt64] = []
        for start in [0, 16, 33, 49, 65, 81] {
            var word: UInt64 = 0
            for byte in digits[start..<start + 16] {
                guard let value = HexDigits.value(ofLowercase: byte) else { return nil }
                word = word << 4 | UInt64(value)
            }
            words.append(word)
        }
        self.scope = CacheScope(high: words[0], low: words[1])
        self.input = InputHash(words: (words[2], words[3], words[4], words[5]))
    }

    package var description: String { "\(self.scope)-\(self.input)" }

    package func hash(into hasher: inout Hasher) {
        // The input is a SHA-256 already: 64 bits of it and 64 of the scope spread as well as the whole.
        hasher.combine(self.input.words.0)
        hasher.combine(self.scope.high)
    }
}

/// The first 128 bits of SHA-256 over tenant and target, each behind its length: the part of a key that a flow computes once.
package struct CacheScope: Hashable, Sendable, CustomStringConvertible {
    /// The bits, most significant word first.
    package let high: UInt64
    package let low: UInt64

    /// 32 lower-case hexadecimal digits.
    package var description: String {
        var buffer = ByteBuffer()
        HexDigits.write(self.high, into: &buffer)
        HexDigits.write(self.low, into: &buffer)
        return String(buffer: buffer)
    }

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Computes the bits; the tenant is `nil` for a flow whose entries all tenants share.
    package init(tenant: TenantID?, target: FlowName) {
        var hasher = SHA256()
        hasher.update(data: Array((tenant == nil ? "ambassador-scope-1-shared" : "ambassador-scope-1").utf8))
        for part in [tenant?.description ?? "", target.description] {
            withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(data: Array(part.utf8))
        }
        (self.high, self.low) = hasher.finalize().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}

/// SHA-256 over everything in a request that may change its answer; made by ``InputHasher``.
package struct InputHash: Hashable, Sendable, CustomStringConvertible {
    /// The digest as four words, the most significant first.
    package let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Returns: `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = [UInt64](repeating: 0, count: 4)
        for (position, byte) in bytes.enumerated() {
            words[position / 8] = words[position / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    package static func == (left: InputHash, right: InputHash) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.0)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        [self.words.0, self.words.1, self.words.2, self.words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    package var description: String {
        var buffer = ByteBuffer()
        for word in [self.words.0, self.words.1, self.words.2, self.words.3] {
            HexDigits.write(word, into: &buffer)
        }
        return String(buffer: buffer)
    }
}
