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
    /// - Throws: `malformed` for whatever is wrong with it.
    init(_ bytes: [UInt8]) throws(CredentialFault) {
        guard let header = JSONValue(objectIn: bytes) else { throw .malformed }
        guard Self.refused.allSatisfy({ header[$0] == nil }) else { throw .malformed }
        guard let name = header["alg"]?.string, let algorithm = SigningAlgorithm(name) else { throw .malformed }
        self.algorithm = algorithm
        if let type = header["typ"] {
            guard let type = type.string, Self.isAccepted(type) else { throw .malformed }
        }
        guard let id = header["kid"] else {
            self.keyID = nil
            return
        }
        guard let id = id.string, KeyID.isValid(id) else { throw .malformed }
        self.keyID = id
    }

    /// `JWT` or `at+jwt` (RFC 7519 §5.1, RFC 9068 §2.1) in any case, so that tokens made for something else are none here.
    private static func isAccepted(_ type: JSONString) -> Bool {
        let folded = type.bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return folded.elementsEqual("jwt".utf8) || folded.elementsEqual("at+jwt".utf8)
    }
}

/// What a key may be called.
enum KeyID {
    /// 1 to 128 bytes of `A-Z a-z 0-9 . _ -`: nothing that means something to a path, a query or a log.
    static func isValid(_ id: JSONString) -> Bool {
        (1...128).contains(id.bytes.count)
            && id.bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

extension JSONValue {
    /// Parses bytes that must be one JSON object and nothing else; `nil` where they are not.
    init?(objectIn bytes: [UInt8]) {
        // Why it is no JSON is told nobody: the text is the caller's, and the caller learns nothing.
        guard let value = try? JSONParser.parse(ByteBuffer(bytes: bytes)), case .object = value else { return nil }
        self = value
    }
}
