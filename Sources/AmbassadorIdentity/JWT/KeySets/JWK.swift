import AmbassadorCore
import Crypto
import CryptoExtras

/// One key of a JWK Set (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), judged for checking signatures.
enum JWK {
    /// Why a key is not used; the reason continues a sentence that begins with the key.
    struct Flaw: Error {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    /// The largest modulus in bytes: 8192 bits, beyond which a check takes too long.
    private static let modulusBytesMax = 1024
    static let modulusBitsMin = 2048

    /// Reads a key.
    ///
    /// - Parameters:
    ///   - jwk: the key's object; members that are not named here are ignored.
    ///   - algorithms: those that may be used at all; a key that names none gets those that fit its kind.
    /// - Returns: the public key.
    /// - Throws: why the key is not used.
    static func key(_ jwk: JSONValue, for algorithms: Set<SigningAlgorithm>) throws(Flaw) -> JWTKey {
        guard let kind = jwk["kty"]?.string else { throw Flaw("has no type") }
        try self.checkPurpose(of: jwk)
        let id = jwk.said("kid")
        if let id {
            guard let id = id.string, KeyID.isValid(id) else {
                throw Flaw("has a kid that is not a text of at most \(KeyID.bytesMax) bytes")
            }
        }
        // A private key that anyone can fetch is everyone's.
        guard jwk["d"] == nil else { throw Flaw("is a private key") }
        let material = try self.material(of: jwk, kind: kind)
        guard let key = JWTKey(id: id?.string, material: material, algorithms: try self.only(jwk, among: algorithms))
        else { throw Flaw("fits none of the issuer's algorithms") }
        return key
    }

    private static func checkPurpose(of jwk: JSONValue) throws(Flaw) {
        if let use = jwk.said("use") {
            guard use.string?.isEqual(to: "sig") == true else { throw Flaw("is not for signatures") }
        }
        if let operations = jwk.said("key_ops") {
            // An empty list says no more than a missing one.
            guard let operations = operations.array,
                operations.isEmpty || operations.contains(.string(JSONString("verify")))
            else {
                throw Flaw("is not for checking signatures")
            }
        }
    }

    /// The algorithms, or the one that the key is restricted to.
    private static func only(
        _ jwk: JSONValue,
        among algorithms: Set<SigningAlgorithm>
    ) throws(Flaw) -> Set<SigningAlgorithm> {
        guard let name = jwk.said("alg") else { return algorithms }
        guard let algorithm = name.string.flatMap(SigningAlgorithm.init), algorithms.contains(algorithm) else {
            throw Flaw("is for an algorithm that is not among the issuer's")
        }
        return [algorithm]
    }

    private static func material(of jwk: JSONValue, kind: JSONString) throws(Flaw) -> JWTKey.Material {
        if kind.isEqual(to: "RSA") { return .rsa(try self.rsa(jwk)) }
        if kind.isEqual(to: "EC") { return try self.curve(jwk) }
        if kind.isEqual(to: "OKP") { return .ed25519(try self.ed25519(jwk)) }
        throw Flaw("is of a type that is none of RSA, EC and OKP")
    }

    private static func rsa(_ jwk: JSONValue) throws(Flaw) -> _RSA.Signing.PublicKey {
        let modulus = try self.bytes("n", of: jwk)
        let exponent = try self.bytes("e", of: jwk)
        guard modulus.count <= Self.modulusBytesMax + 1, exponent.count <= 8 else {
            throw Flaw("has a modulus or exponent that is too large")
        }
        let significant = exponent.drop { $0 == 0 }
        guard let lowest = significant.last, lowest % 2 == 1, significant.count > 1 || lowest > 1 else {
            throw Flaw("has an exponent that no RSA key has")
        }
        do {
            let key = try _RSA.Signing.PublicKey(n: modulus, e: exponent)
            guard key.keySizeInBits >= Self.modulusBitsMin else {
                throw Flaw("is shorter than \(Self.modulusBitsMin) bits")
            }
            return key
        } catch let flaw as Flaw {
            throw flaw
        } catch {
            throw Flaw("is no RSA key of at least \(Self.modulusBitsMin) bits")
        }
    }

    private static func curve(_ jwk: JSONValue) throws(Flaw) -> JWTKey.Material {
        guard let curve = jwk["crv"]?.string else { throw Flaw("names no curve") }
        let (x, y) = (try self.bytes("x", of: jwk), try self.bytes("y", of: jwk))
        let lengths = ["P-256": 32, "P-384": 48, "P-521": 66]
        guard let length = lengths.first(where: { $0.key.utf8.elementsEqual(curve.bytes) })?.value else {
            throw Flaw("is on a curve that is none of P-256, P-384 and P-521")
        }
        // The full size of a coordinate, leading zeros included (RFC 7518 §6.2.1.2).
        guard x.count == length, y.count == length else {
            throw Flaw("has a coordinate of another length than its curve's")
        }
        let point = [0x04] + x + y
        do {
            switch length {
            case 32: return .p256(try P256.Signing.PublicKey(x963Representation: point))
            case 48: return .p384(try P384.Signing.PublicKey(x963Representation: point))
            default: return .p521(try P521.Signing.PublicKey(x963Representation: point))
            }
        } catch {
            throw Flaw("is not a point of its curve")
        }
    }

    private static func ed25519(_ jwk: JSONValue) throws(Flaw) -> Curve25519.Signing.PublicKey {
        guard jwk["crv"]?.string?.isEqual(to: "Ed25519") == true else {
            throw Flaw("is on a curve that is not Ed25519")
        }
        let x = try self.bytes("x", of: jwk)
        guard !SmallOrder.contains(x) else { throw Flaw("is a point for which anyone can sign") }
        do {
            return try Curve25519.Signing.PublicKey(rawRepresentation: x)
        } catch {
            throw Flaw("is no Ed25519 key of 32 bytes")
        }
    }

    private static func bytes(_ name: StaticString, of jwk: JSONValue) throws(Flaw) -> [UInt8] {
        guard let text = jwk[name]?.string, let bytes = Base64URL.decode(text.bytes) else {
            throw Flaw("has no \(name) in Base64 for URLs")
        }
        return bytes
    }
}

extension JSONValue {
    /// A member that says something: exporters write `null` for what they leave out.
    fileprivate func said(_ name: StaticString) -> JSONValue? {
        guard let value = self[name], value != .null else { return nil }
        return value
    }
}
