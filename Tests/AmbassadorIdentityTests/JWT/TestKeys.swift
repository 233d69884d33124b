import AmbassadorCore
import Crypto
import CryptoExtras
import Testing

@testable import AmbassadorIdentity

/// Private keys of every kind, made once for all tests: an RSA key takes a second.
struct TestKeys: Sendable {
    static let shared = Result { try TestKeys() }

    let rsa: _RSA.Signing.PrivateKey
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()
    let p521 = P521.Signing.PrivateKey()
    let ed25519 = Curve25519.Signing.PrivateKey()
    let secret = "a secret of sixty-four bytes, which is what HS512 needs at least"

    private init() throws {
        self.rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// Signs as an issuer would.
    func sign(_ message: [UInt8], _ algorithm: SigningAlgorithm) throws -> [UInt8] {
        let secret = SymmetricKey(data: Array(self.secret.utf8))
        switch algorithm {
        case .hs256: return Array(HMAC<SHA256>.authenticationCode(for: message, using: secret))
        case .hs384: return Array(HMAC<SHA384>.authenticationCode(for: message, using: secret))
        case .hs512: return Array(HMAC<SHA512>.authenticationCode(for: message, using: secret))
        case .rs256: return try self.rsa(SHA256.hash(data: message), .insecurePKCS1v1_5)
        case .rs384: return try self.rsa(SHA384.hash(data: message), .insecurePKCS1v1_5)
        case .rs512: return try self.rsa(SHA512.hash(data: message), .insecurePKCS1v1_5)
        case .ps256: return try self.rsa(SHA256.hash(data: message), .PSS)
        case .ps384: return try self.rsa(SHA384.hash(data: message), .PSS)
        case .ps512: return try self.rsa(SHA512.hash(data: message), .PSS)
        case .es256: return Array(try self.p256.signature(for: message).rawRepresentation)
        case .es384: return Array(try self.p384.signature(for: message).rawRepresentation)
        case .es512: return Array(try self.p521.signature(for: message).rawRepresentation)
        case .edDSA: return Array(try self.ed25519.signature(for: message))
        }
    }

    private func rsa(_ digest: some Digest, _ padding: _RSA.Signing.Padding) throws -> [UInt8] {
        Array(try self.rsa.signature(for: digest, padding: padding).rawRepresentation)
    }

    /// The public key for an algorithm as a JWK, with further members as they are given.
    func jwk(_ algorithm: SigningAlgorithm, _ members: String...) throws -> String {
        let key: String
        switch algorithm.keyKind {
        case .secret:
            key = #""kty":"oct","k":"\#(encode(Array(self.secret.utf8)))""#
        case .rsa:
            let parts = try self.rsa.publicKey.getKeyPrimitives()
            key = #""kty":"RSA","n":"\#(encode(Array(parts.modulus)))","e":"\#(encode(Array(parts.publicExponent)))""#
        case .p256: key = Self.ec("P-256", Array(self.p256.publicKey.rawRepresentation))
        case .p384: key = Self.ec("P-384", Array(self.p384.publicKey.rawRepresentation))
        case .p521: key = Self.ec("P-521", Array(self.p521.publicKey.rawRepresentation))
        case .ed25519:
            key = #""kty":"OKP","crv":"Ed25519","x":"\#(encode(Array(self.ed25519.publicKey.rawRepresentation)))""#
        }
        return "{\(([key] + members).joined(separator: ","))}"
    }

    static func ec(_ curve: String, _ point: [UInt8]) -> String {
        let half = point.count / 2
        return #""kty":"EC","crv":"\#(curve)","x":"\#(encode(point[..<half]))","y":"\#(encode(point[half...]))""#
    }

    /// The public key for an algorithm as PEM.
    func pem(_ algorithm: SigningAlgorithm) throws -> String {
        switch algorithm.keyKind {
        case .secret: return self.secret
        case .rsa: return self.rsa.publicKey.pemRepresentation
        case .p256: return self.p256.publicKey.pemRepresentation
        case .p384: return self.p384.publicKey.pemRepresentation
        case .p521: return self.p521.publicKey.pemRepresentation
        case .ed25519: return self.ed25519.publicKey.pemRepresentation
        }
    }
}

/// Encodes as JOSE does.
func encode(_ bytes: some Collection<UInt8>) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var bits = 0
    var bitCount = 0
    for byte in bytes {
        bits = (bits << 8 | Int(byte)) & 0xFFFF
        bitCount += 8
        while bitCount >= 6 {
            bitCount -= 6
            text.append(alphabet[bits >> bitCount & 63])
        }
    }
    if bitCount > 0 { text.append(alphabet[bits << (6 - bitCount) & 63]) }
    return String(decoding: text, as: UTF8.self)
}

func encode(_ text: String) -> String { encode(Array(text.utf8)) }
