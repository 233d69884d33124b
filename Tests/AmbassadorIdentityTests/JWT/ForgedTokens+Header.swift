import AmbassadorCore
import Crypto
import CryptoExtras

@testable import AmbassadorIdentity

extension ForgedTokens {
    static func algorithms(_ forge: TokenForge) throws -> [ForgedToken] {
        let payload = TokenForge.Claims().json
        let headers = [
            #""none""#, #""None""#, #""NONE""#, #""nOnE""#, "\"\"", "null", "0", "256", "[]", #"["ES256"]"#, "{}",
            "true",
            #""es256""#, #"" ES256""#, #""ES256 ""#, #""ES256\u0000""#, #""ES256K""#, #""Ed25519""#, #""RSA1_5""#,
            #""dir""#,
        ]
        var tokens: [ForgedToken] = []
        for value in headers {
            let header = #"{"alg":\#(value),"kid":"ec"}"#
            tokens.append(
                ForgedToken("alg \(value)", try forge.token(header: header, payload: payload, .es256), .algorithm)
            )
        }
        tokens.append(
            ForgedToken("no alg", try forge.token(header: #"{"kid":"ec"}"#, payload: payload, .es256), .algorithm)
        )
        let none = "\(encode(#"{"alg":"none"}"#)).\(encode(payload))"
        tokens.append(ForgedToken("alg none and no signature", none + "."))
        tokens.append(ForgedToken("alg none and no third part", none))
        // Real algorithms that the issuer does not use, with signatures that are good.
        tokens.append(ForgedToken("RS512 that is not configured", try forge.token(.rs512, kid: "rsa"), .algorithm))
        tokens.append(ForgedToken("RS384 that is not configured", try forge.token(.rs384, kid: "rsa"), .algorithm))
        tokens.append(ForgedToken("PS512 that is not configured", try forge.token(.ps512, kid: "rsa"), .algorithm))
        tokens.append(ForgedToken("ES384 that is not configured", try forge.token(.es384, kid: "p384"), .algorithm))
        tokens.append(ForgedToken("HS256 that is not configured", try forge.token(.hs256, kid: "ec"), .algorithm))
        return tokens
    }

    /// The confusion of a public key with a shared secret (RFC 8725 §2.1).
    static func publicKeyAsSecret(_ forge: TokenForge) throws -> [ForgedToken] {
        let key = forge.keys.rsa.publicKey
        let pem = key.pemRepresentation
        let secrets: [(String, [UInt8])] = [
            ("PEM", Array(pem.utf8)), ("PEM with a newline", Array((pem + "\n").utf8)),
            ("PKCS #1 PEM", Array(key.pkcs1PEMRepresentation.utf8)), ("DER", Array(key.derRepresentation)),
            ("PKCS #1 DER", Array(key.pkcs1DERRepresentation)), ("JWK", Array(try forge.keys.jwk(.rs256).utf8)),
            ("modulus", Array(try key.getKeyPrimitives().modulus)), ("nothing", []),
        ]
        var tokens: [ForgedToken] = []
        for (name, secret) in secrets {
            let signed = Array(forge.signed(.hs256, kid: "rsa").utf8)
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret))
            let token = forge.token(.hs256, kid: "rsa", signature: Array(code))
            tokens.append(ForgedToken("HS256 with the public key's \(name) as the secret", token, .algorithm))
            let asRS256 = Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array(forge.signed(.rs256, kid: "rsa").utf8),
                    using: SymmetricKey(data: secret)
                )
            )
            tokens.append(
                ForgedToken(
                    "RS256 with that code: \(name)",
                    forge.token(.rs256, kid: "rsa", signature: asRS256),
                    .signature
                )
            )
        }
        return tokens
    }

    static func headerMembers(_ forge: TokenForge) throws -> [ForgedToken] {
        let jwk = try forge.keys.jwk(.es256)
        let members = [
            ("crit", #"["exp"]"#), ("crit", "[]"), ("crit", "null"), ("jku", #""http://127.0.0.1:1/jwks""#),
            ("jku", "null"),
            ("x5u", #""https://evil.example/cert.pem""#), ("x5u", "null"), ("jwk", jwk), ("jwk", "null"),
            ("x5c", #"["MIIB"]"#), ("x5c", "[]"), ("zip", #""DEF""#), ("zip", "null"), ("b64", "false"),
            ("b64", "true"),
            ("typ", #""JWE""#), ("typ", #""dpop+jwt""#), ("typ", #""at+jwt2""#), ("typ", "\"\""), ("typ", "1"),
            ("typ", #"["JWT"]"#), ("typ", "null"), ("typ", #""JWT\u0000""#), ("typ", #""logout+jwt""#),
        ]
        return try members.map { name, value in
            ForgedToken("\(name) \(value.prefix(24))", try forge.token(header: "\"\(name)\":\(value)"), .header)
        } + [
            ForgedToken(
                "crit spelled with an escape",
                try forge.token(header: #""cr\u0069t":["exp"]"#),
                .header
            )
        ]
    }

    static func keyIDs(_ forge: TokenForge) throws -> [ForgedToken] {
        let hostile = [
            "../../etc/passwd", "/dev/null", "' OR 1=1 --", "http://127.0.0.1/jwks", "ec|id", "ec\\u0000", "ec\\n", "",
            " ec",
            "ec ", "é", "$(id)", "%65c", String(repeating: "k", count: 129), String(repeating: "k", count: 1024),
        ]
        let unknown = ["e", "EC", "ec-3", "ecc", "none", String(repeating: "k", count: 128), "..", "p521-2"]
        let values = [#"["ec"]"#, "1", "null", "{}", "true"]
        return try hostile.map {
            ForgedToken("kid \($0.prefix(24)) of \($0.utf8.count)", try forge.token(.es256, kid: $0), .unknownKeyID)
        }
            + unknown.map {
                ForgedToken("unknown kid \($0.prefix(24))", try forge.token(.es256, kid: $0), .unknownKeyID)
            }
            + values.map {
                ForgedToken("kid as \($0)", try forge.token(.es256, kid: nil, header: "\"kid\":\($0)"), .header)
            }
            + [
                ForgedToken(
                    "a kid of 1 KiB and one",
                    try forge.token(.es256, kid: String(repeating: "k", count: 1025)),
                    .header
                ),
                ForgedToken(
                    "a kid of 1 MiB",
                    try forge.token(.es256, kid: String(repeating: "k", count: 1 << 20)),
                    .tooLong
                ),
                ForgedToken("a kid of another kind of key", try forge.token(.es256, kid: "rsa"), .algorithm),
                ForgedToken("a kid of another curve", try forge.token(.es256, kid: "p521"), .algorithm),
                ForgedToken("a kid of another key", try forge.token(.es256, kid: "ec-2"), .signature),
                ForgedToken("no kid where two keys fit", try forge.token(.es256, kid: nil), .unknownKeyID),
            ]
    }
}
