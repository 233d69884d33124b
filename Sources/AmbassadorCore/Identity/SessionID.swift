import Crypto
import NIOCore

/// A conversation's id as the caller knows it.
///
/// Any valid UTF-8 text of 1 to 256 bytes. It is hashed and written, never compared: two spellings of one text are two sessions.
package struct SessionID: Sendable, CustomStringConvertible {
    package static let lengthMax = 256

    private enum Form: Sendable {
        case text(String)
        case uuid(CustomUUID)
    }

    private let form: Form

    package var description: String {
        switch self.form {
        case .text(let text): text
        case .uuid(let uuid): uuid.description
        }
    }

    /// - Returns: `nil` where the text is empty or too long.
    package init?(_ text: String) {
        guard (1...Self.lengthMax).contains(text.utf8.count) else { return nil }
        self.form = .text(text)
    }

    private init(_ form: Form) {
        self.form = form
    }

    /// A session that nobody else has, for a request that names none.
    package static func fresh() -> SessionID {
        let (high, low) = RandomPool.shared.next()
        return SessionID(.uuid(CustomUUID(high: high, low: low)))
    }

    /// A session that nobody else has, for an answer that LangFlow was not asked for; see ``isUnseen``.
    package static func unseen() -> SessionID { Self.fresh().unseen }

    /// The session to be shown in place of a fresh one, where LangFlow has not seen that.
    var unseen: SessionID {
        switch self.form {
        case .text: self
        case .uuid(let uuid): SessionID(.uuid(uuid.marked))
        }
    }

    /// Whether this process has made the session up for an answer that LangFlow was not asked for.
    ///
    /// A random id of somebody else's passes for one once in four thousand million times.
    var isUnseen: Bool {
        switch self.form {
        case .text(let text): CustomUUID(text)?.isMarked == true
        case .uuid(let uuid): uuid.isMarked
        }
    }

    /// The session of all callers of a flow, for flows that keep LangFlow's behaviour for requests without a session.
    package static func ofFlow(_ target: FlowName) -> SessionID {
        SessionID(.text(target.description))
    }

    /// The id as it stands between the quotes of a JSON string.
    package var escaped: EscapedSessionID {
        switch self.form {
        case .text(let text): EscapedSessionID(text)
        case .uuid(let uuid): EscapedSessionID(uuid)
        }
    }

    /// The id that LangFlow gets in place of the caller's.
    ///
    /// Scoped to the tenant, so that no tenant can address another's conversation, and unguessable enough (122 bits of
    /// SHA-256) that its bytes stand for the session wherever LangFlow writes them into an answer. 36 bytes, formed as a UUID.
    package func scoped(to tenant: TenantID) -> UpstreamSessionID {
        var hasher = SHA256()
        hasher.update("ambassador-session-1")
        for part in [tenant.description, self.description] {
            withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(part)
        }
        let words = hasher.finalize().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return UpstreamSessionID(description: CustomUUID(high: words.0, low: words.1).description)
    }
}

/// The session id that stands in LangFlow's memory; see ``SessionID/scoped(to:)``.
package struct UpstreamSessionID: Sendable, CustomStringConvertible {
    package let description: String

    /// A message of LangFlow's as callers may read it, who know their sessions by other ids.
    ///
    /// By bytes: where a combining mark follows the id, its last letter is another Character.
    func removed(from message: String) -> String {
        let (cut, offsets) = Answer.cut(self, from: ByteBuffer(string: message))
        guard !offsets.isEmpty else { return message }
        var bytes = ByteBuffer()
        EscapedSessionID("[session]").write(into: cut, at: offsets, to: &bytes)
        return String(buffer: bytes)
    }
}

extension SHA256 {
    /// Takes the bytes of a text as they lie.
    fileprivate mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { self.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}
