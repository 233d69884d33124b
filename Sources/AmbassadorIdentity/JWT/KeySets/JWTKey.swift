import AmbassadorCore
import Crypto
import CryptoExtras

/// A key that signatures are checked with, and the algorithms for which it may be used (RFC 8725 §3.1).
struct JWTKey: Sendable {
    enum Material: Sendable {
        case secret(SymmetricKey)
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)

        var kind: SigningAlgorithm.KeyKind {
            switch self {
            case .secret: .secret
            case .rsa: .rsa
            case .p256: .p256
            case .p384: .p384
            case .p521: .p521
            case .ed25519: .ed25519
            }
        }
    }

    /// What tokens call the key; `nil` where it has no name.
    let id: JSONString?
    let material: Material
    let algorithms: Set<SigningAlgorithm>

    /// Makes a key for those of the algorithms that its kind fits.
    ///
    /// - Returns: `nil` where none of them does.
    init?(id: JSONString?, material: Material, algorithms: Set<SigningAlgorithm>) {
        let fitting = algorithms.filter { $0.keyKind == material.kind }
        guard !fitting.isEmpty else { return nil }
        self.id = id
        self.material = material
        self.algorithms = fitting
    }

    /// Whether a signature is the key owner's; never for an algorithm that the key is not for.
    ///
    /// ECDSA signatures are `r` and `s` in as many bytes as the curve has (RFC 7518 §3.4), not DER.
    func isValid(_ signature: [UInt8], of message: [UInt8], by algorithm: SigningAlgorithm) -> Bool {
        guard self.algorithms.contains(algorithm) else { return false }
        switch self.material {
        case .secret(let secret):
            return Self.isValid(signature, of: message, by: algorithm, with: secret)
        case .rsa(let key):
            return Self.isValid(signature, of: message, by: algorithm, with: key)
        case .p256(let key):
            // Only its length can be wrong, which makes it none.
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .p384(let key):
            // As above.
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .p521(let key):
            // As above.
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .ed25519(let key):
            return key.isValidSignature(signature, for: message)
        }
    }

    private static func isValid(
        _ signature: [UInt8],
        of message: [UInt8],
        by algorithm: SigningAlgorithm,
        with secret: SymmetricKey
    ) -> Bool {
        // Each compares in constant time.
        switch algorithm {
        case .hs256: HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: message, using: secret)
        case .hs384: HMAC<SHA384>.isValidAuthenticationCode(signature, authenticating: message, using: secret)
        case .hs512: HMAC<SHA512>.isValidAuthenticationCode(signature, authenticating: message, using: secret)
        default: false
        }
    }

    private static func isValid(
        _ signature: [UInt8],
        of message: [UInt8],
        by algorithm: SigningAlgorithm,
        with key: _RSA.Signing.PublicKey
    ) -> Bool {
        // RFC 8017 §8.1.2 and §8.2.2, step 1.
        guard signature.count == (key.keySizeInBits + 7) / 8 else { return false }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        switch algorithm {
        case .rs256:
            return key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs384:
            return key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs512:
            return key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
        case .ps256: return key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .PSS)
        case .ps384: return key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .PSS)
        case .ps512: return key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .PSS)
        default: return false
        }
    }
}
