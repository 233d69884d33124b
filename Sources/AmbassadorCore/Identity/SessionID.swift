import Crypto

/// A conversation's id as the caller knows it.
///
/// Any valid UTF-8 text of 1 to 256 bytes. It is hashed and written, never compared: two spellings of one text are two sessions.
package struct SessionID: Sendable, CustomStringConvertible {
    package static let lengthMax = 256

    package let description: String

    /// - Returns: `nil` where the text is empty or too long.
    package init?(_ text: String) {
        guard (1...Self.lengthMax).contains(text.utf8.count) else { return nil }
        self.description = text
    }

    private init(unchecked text: String) {
        self.description = text
    }

    /// A session that nobody else has, for a request that names none.
    package static func fresh() -> SessionID {
        let (high, low) = RandomPool.shared.next()
        return SessionID(unchecked: uuid(high: high, low: low))
    }

    /// The session of all callers of a flow, for flows that keep LangFlow's behaviour for requests without a session.
    package static func ofFlow(_ target: FlowName) -> SessionID {
        SessionID(unchecked: target.description)
    }

    /// The id that LangFlow gets in place of the caller's.
    ///
    /// Scoped to the tenant, so that no tenant can address another's conversation, and unguessable enough (122 bits of
    /// SHA-256) that its bytes stand for the session wherever LangFlow writes them into an answer. 36 bytes, formed as a UUID.
    package func scoped(to tenant: TenantID) -> UpstreamSessionID {
        var hasher = SHA256()
        hasher.update(data: Array("ambassador-session-1".utf8))
        for part in [tenant.description, self.description] {
            withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(data: Array(part.utf8))
        }
        let words = hasher.finalize().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return UpstreamSessionID(description: uuid(high: words.0, low: words.1))
    }
}

/// The session id that stands in LangFlow's memory; see ``SessionID/scoped(to:)``.
package struct UpstreamSessionID: Sendable, CustomStringConvertible {
    package let description: String
}

/// Writes 128 bits as a UUID of version 8 (RFC 9562 §5.8: custom bits), in lower case.
private func uuid(high: UInt64, low: UInt64) -> String {
    let words = (high & ~0xF000 | 0x8000, low & ~(0b11 << 62) | 0b10 << 62)
    return String(unsafeUninitializedCapacity: 36) { text in
        var position = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                text[position] = UInt8(ascii: "-")
                position += 1
            }
            let word = nibble < 16 ? words.0 : words.1
            text[position] = HexDigits.digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble % 16))) & 0xF)
            position += 1
        }
        return position
    }
}
