package import AmbassadorCore

/// How a token may be signed (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2); `none` is not among the ways.
package enum SigningAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    /// With Ed25519 alone: no Ed448.
    case edDSA = "EdDSA"

    /// The name by which RFC 9864 tells Ed25519 from Ed448; here both names mean the same.
    private static let ed25519 = "Ed25519"

    /// What kind of key an algorithm works with; each key is of one kind.
    enum KeyKind: Sendable {
        case secret
        case rsa
        case p256
        case p384
        case p521
        case ed25519
    }

    /// Finds the algorithm of a name, letter by letter: names are case-sensitive (RFC 7515 §4.1.1).
    package init?(_ name: JSONString) {
        if Self.ed25519.utf8.elementsEqual(name.bytes) {
            self = .edDSA
            return
        }
        guard let algorithm = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.bytes) }) else {
            return nil
        }
        self = algorithm
    }

    /// Whether signer and verifier share a secret.
    package var isSymmetric: Bool { self.keyKind == .secret }

    var keyKind: KeyKind {
        switch self {
        case .hs256, .hs384, .hs512: .secret
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .edDSA: .ed25519
        }
    }

    /// The fewest bytes of a secret: as many as the hash has (RFC 7518 §3.2); zero where there is no secret.
    package var secretBytesMin: Int {
        switch self {
        case .hs256: 32
        case .hs384: 48
        case .hs512: 64
        default: 0
        }
    }
}
