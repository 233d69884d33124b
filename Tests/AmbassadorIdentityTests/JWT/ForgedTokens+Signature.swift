import AmbassadorCore
import Crypto
import CryptoExtras

@testable import AmbassadorIdentity

extension ForgedTokens {
    /// The order of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3).
    private static let p256Order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    static func curves(_ forge: TokenForge) throws -> [ForgedToken] {
        let signed = Array(forge.signed(.es256, kid: "ec").utf8)
        let good = try forge.keys.p256.signature(for: signed)
        let raw = Array(good.rawRepresentation)
        let zero = [UInt8](repeating: 0, count: 32)
        let stranger = P256.Signing.PrivateKey()
        let forged: [(String, [UInt8])] = [
            ("r = s = 0", zero + zero), ("r = 0", zero + raw[32...]), ("s = 0", raw[..<32] + zero),
            ("r = n", Self.p256Order + raw[32...]), ("s = n", raw[..<32] + Self.p256Order),
            ("r = s = n", Self.p256Order + Self.p256Order), ("r and s swapped", Array(raw[32...] + raw[..<32])),
            ("r = s = 1", [UInt8](repeating: 0, count: 31) + [1] + [UInt8](repeating: 0, count: 31) + [1]),
            ("all ones", [UInt8](repeating: 255, count: 64)), ("DER", Array(good.derRepresentation)),
            ("a byte less", Array(raw.dropLast())), ("a byte more", raw + [0]), ("a zero before", [0] + raw),
            ("half of it", Array(raw.prefix(32))), ("twice", raw + raw), ("one byte", [0]),
            (
                "as wide as P-384's",
                [UInt8](repeating: 0, count: 16) + raw[..<32] + [UInt8](repeating: 0, count: 16) + raw[32...]
            ),
            ("a stranger's key", Array(try stranger.signature(for: signed).rawRepresentation)),
            (
                "SHA-384 in place of SHA-256",
                Array(try forge.keys.p256.signature(for: SHA384.hash(data: signed)).rawRepresentation)
            ),
            (
                "the payload alone",
                Array(
                    try forge.keys.p256.signature(for: Array(encode(TokenForge.Claims().json).utf8)).rawRepresentation
                )
            ),
        ]
        let short = Array(try forge.keys.sign(Array(forge.signed(.es512, kid: "p521").utf8), .es512).dropFirst())
        let edwards = Array(try forge.keys.sign(Array(forge.signed(.edDSA, kid: "ed").utf8), .edDSA))
        return forged.map { ForgedToken("ES256, \($0.0)", forge.token(.es256, kid: "ec", signature: $0.1), .signature) }
            + [
                ForgedToken("ES512, a byte less", forge.token(.es512, kid: "p521", signature: short), .signature),
                ForgedToken(
                    "ES512, zeros",
                    forge.token(.es512, kid: "p521", signature: [UInt8](repeating: 0, count: 132)),
                    .signature
                ),
                ForgedToken("ES512 by P-256", forge.token(.es512, kid: "p521", signature: raw), .signature),
                ForgedToken(
                    "EdDSA, a byte less",
                    forge.token(.edDSA, kid: "ed", signature: edwards.dropLast()),
                    .signature
                ),
                ForgedToken("EdDSA, a byte more", forge.token(.edDSA, kid: "ed", signature: edwards + [0]), .signature),
                ForgedToken(
                    "EdDSA, zeros",
                    forge.token(.edDSA, kid: "ed", signature: [UInt8](repeating: 0, count: 64)),
                    .signature
                ),
                ForgedToken("EdDSA by P-256", forge.token(.edDSA, kid: "ed", signature: raw), .signature),
                ForgedToken(
                    "EdDSA, the neutral point",
                    forge.token(.edDSA, kid: "ed", signature: [1] + [UInt8](repeating: 0, count: 63)),
                    .signature
                ),
            ]
    }

    static func signatures(_ forge: TokenForge) throws -> [ForgedToken] {
        let good = try forge.token()
        let parts = good.split(separator: ".").map(String.init)
        let other = encode(TokenForge.Claims().with("sub", "\"root\"").json)
        let rs256 = try forge.keys.sign(Array(forge.signed(.rs256, kid: "rsa").utf8), .rs256)
        let ps256 = try forge.keys.sign(Array(forge.signed(.ps256, kid: "rsa").utf8), .ps256)
        let zeros = [UInt8](repeating: 0, count: 256)
        let one = [UInt8](repeating: 0, count: 255) + [1]
        let rsa: [(String, SigningAlgorithm, [UInt8])] = [
            (
                "PS256 with RS256's signature", .ps256,
                try forge.keys.sign(Array(forge.signed(.ps256, kid: "rsa").utf8), .rs256)
            ),
            (
                "RS256 with PS256's signature", .rs256,
                try forge.keys.sign(Array(forge.signed(.rs256, kid: "rsa").utf8), .ps256)
            ),
            (
                "RS256 with RS512's signature", .rs256,
                try forge.keys.sign(Array(forge.signed(.rs256, kid: "rsa").utf8), .rs512)
            ),
            (
                "PS256 with PS384's signature", .ps256,
                try forge.keys.sign(Array(forge.signed(.ps256, kid: "rsa").utf8), .ps384)
            ),
            ("RS256, zeros", .rs256, zeros), ("RS256, one", .rs256, one), ("PS256, zeros", .ps256, zeros),
            ("RS256, all ones", .rs256, [UInt8](repeating: 255, count: 256)),
            ("RS256, a byte less", .rs256, Array(rs256.dropLast())), ("RS256, a byte more", .rs256, rs256 + [0]),
            ("RS256, a zero before", .rs256, [0] + rs256), ("PS256, truncated", .ps256, Array(ps256.prefix(128))),
            ("RS256, one byte", .rs256, [0]),
            ("RS256, another bit", .rs256, Array(rs256.dropLast()) + [(rs256.last ?? 0) ^ 1]),
        ]
        // A signature of the other issuer's, which has a key of the same name.
        let stranger = TokenForge.Claims().with("iss", "\"https://second.example\"")
        return rsa.map { ForgedToken($0.0, forge.token($0.1, kid: "rsa", signature: $0.2), .signature) } + [
            ForgedToken("another payload", "\(parts[0]).\(other).\(parts[2])", .signature),
            ForgedToken(
                "another header",
                "\(encode(#"{"alg":"ES256","kid":"ec","x":1}"#)).\(parts[1]).\(parts[2])",
                .signature
            ),
            ForgedToken("header and payload swapped", "\(parts[1]).\(parts[0]).\(parts[2])", .algorithm),
            ForgedToken(
                "the first issuer's key for the second issuer",
                try forge.token(.es256, kid: "ec", stranger),
                .signature
            ),
        ]
    }
}
