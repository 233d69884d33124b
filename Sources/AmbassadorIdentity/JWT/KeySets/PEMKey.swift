package import AmbassadorCore
import Crypto
import CryptoExtras

/// A public key as a PEM text (RFC 7468 §13, or PKCS #1 for RSA), with the name that tokens give it.
package struct PEMKey: Sendable {
    let id: JSONString?
    let material: JWTKey.Material

    /// The longest text that is read, in bytes.
    private static let bytesMax = 64 * 1024

    /// Reads the one key of a text.
    ///
    /// - Parameters:
    ///   - text: one `PUBLIC KEY` or `RSA PUBLIC KEY` block, and text around it.
    ///   - id: the `kid` of the tokens that it signs; `nil` where they have none.
    /// - Throws: what is wrong; certificates, private keys, several keys and RSA keys shorter than 2048 bits are refused.
    package init(_ text: String, id: String? = nil) throws(InvalidValue) {
        if let id {
            guard KeyID.isValid(JSONString(id)) else {
                throw InvalidValue("has a kid that is longer than \(KeyID.bytesMax) bytes")
            }
        }
        let block = try Self.block(of: text)
        self.id = id.map { JSONString($0) }
        if let rsa = try Self.rsa(block) {
            self.material = .rsa(rsa)
            // Each of these is asked whether the key is its own; the last one's refusal is the answer.
        } else if let key = try? P256.Signing.PublicKey(pemRepresentation: block) {
            self.material = .p256(key)
        } else if let key = try? P384.Signing.PublicKey(pemRepresentation: block) {
            self.material = .p384(key)
        } else if let key = try? P521.Signing.PublicKey(pemRepresentation: block) {
            self.material = .p521(key)
        } else if let key = try? Curve25519.Signing.PublicKey(pemRepresentation: block) {
            guard !SmallOrder.contains(Array(key.rawRepresentation)) else {
                throw InvalidValue("is a point for which anyone can sign")
            }
            self.material = .ed25519(key)
        } else {
            throw InvalidValue("is no public key of RSA, P-256, P-384, P-521 or Ed25519")
        }
    }

    private static func rsa(_ block: String) throws(InvalidValue) -> _RSA.Signing.PublicKey? {
        // Read without the library's own limit on length, so that a short key is called what it is. Whatever fails here is of
        // another kind, or is refused by all the others too.
        guard let key = try? _RSA.Signing.PublicKey(unsafePEMRepresentation: block) else { return nil }
        guard key.keySizeInBits >= JWK.modulusBitsMin else {
            throw InvalidValue("is an RSA key shorter than \(JWK.modulusBitsMin) bits")
        }
        return key
    }

    /// The one block of a text, without what stands around it.
    private static func block(of text: String) throws(InvalidValue) -> String {
        guard text.utf8.count <= Self.bytesMax else { throw InvalidValue("is longer than \(Self.bytesMax) bytes") }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.utf8.trimmed }
        let starts = lines.indices.filter { lines[$0].starts(with: "-----BEGIN ".utf8) }
        guard let start = starts.first else { throw InvalidValue("has no line -----BEGIN PUBLIC KEY-----") }
        guard starts.count == 1 else { throw InvalidValue("has several blocks; give each key its own entry") }
        let label = String(Substring(lines[start].dropFirst(11).prefix { $0 != UInt8(ascii: "-") }))
        switch label {
        case "PUBLIC KEY", "RSA PUBLIC KEY":
            break
        case let other where other.hasSuffix("CERTIFICATE"):
            throw InvalidValue("is a certificate; write its public key alone (openssl x509 -pubkey -noout)")
        case let other where other.hasSuffix("PRIVATE KEY"):
            throw InvalidValue("is a private key; only its public key belongs here (openssl pkey -pubout)")
        default:
            throw InvalidValue("is not a public key")
        }
        guard let end = lines[start...].firstIndex(where: { $0.elementsEqual("-----END \(label)-----".utf8) }) else {
            throw InvalidValue("has no line -----END \(label)-----")
        }
        return lines[start...end].map { String(Substring($0)) }.joined(separator: "\n") + "\n"
    }
}

extension Substring.UTF8View {
    fileprivate var trimmed: Substring.UTF8View {
        var rest = self.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }
}
