import AmbassadorCore
import NIOCore

/// The part of a token's header that counts: everything else in it is refused or ignored (RFC 7515 §4).
struct TokenHeader: Sendable {
    /// Only compared with what its issuer is configured to use; it never chooses.
    let algorithm: SigningAlgorithm
    let keyID: JSONString?

    /// Members by which a token would choose its own key or its own rules (RFC 7515 §4.1.2 to 4.1.11, RFC 7516 §4.1.3, RFC 7797).
    private static let refused: [StaticString] = ["crit", "jku", "x5u", "jwk", "x5c", "zip", "b64"]

    /// Reads a header that was decoded from Base64.
    ///
    /// - Throws: why it cannot be used.
    init(_ bytes: [UInt8]) throws(CredentialFault) {
        guard let header = JSONValue(objectIn: bytes) else { throw .notAToken }
        guard Self.refused.allSatisfy({ header[$0] == nil }) else { throw .header }
        guard let name = header["alg"]?.string, let algorithm = SigningAlgorithm(name) else { throw .algorithm }
        self.algorithm = algorithm
        if let type = header["typ"] {
            guard let type = type.string, Self.isAccepted(type) else { throw .header }
        }
        guard let id = header["kid"] else {
            self.keyID = nil
            return
        }
        guard let id = id.string, KeyID.isValid(id) else { throw .header }
        self.keyID = id
    }

    /// `JWT` or `at+jwt` (RFC 7519 §5.1, RFC 9068 §2.1) in any case, so that tokens made for something else are none here.
    ///
    /// With or without `application/` before it, which means the same (RFC 7515 §4.1.9, RFC 9068 §4).
    private static func isAccepted(_ type: JSONString) -> Bool {
        let folded = type.bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        let prefix = Array("application/".utf8)
        let name = folded.starts(with: prefix) ? folded.dropFirst(prefix.count) : folded[...]
        return name.elementsEqual("jwt".utf8) || name.elementsEqual("at+jwt".utf8)
    }
}

/// What a key may be called.
enum KeyID {
    /// The longest name, in bytes.
    static let bytesMax = 1024

    /// Any text that is not too long: issuers write Base64, paths, URLs and URNs (RFC 7515 §4.1.4), and it is only ever compared.
    static func isValid(_ id: JSONString) -> Bool { id.bytes.count <= Self.bytesMax }
}

extension JSONValue {
    /// Parses bytes that must be one JSON object and nothing else; `nil` where they are not.
    init?(objectIn bytes: [UInt8]) {
        // Why it is no JSON is told nobody: the text is the caller's, and the caller learns nothing.
        guard let value = try? JSONParser.parse(ByteBuffer(bytes: bytes)), case .object = value else { return nil }
        self = value
    }
}
