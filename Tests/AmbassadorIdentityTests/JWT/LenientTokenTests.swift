import AmbassadorCore
import AmbassadorTesting
import Crypto
import NIOCore
import Testing

@testable import AmbassadorIdentity

/// What issuers write in more than one way, and what stays refused beside it.
@Suite("Tokens and keys that are written otherwise")
struct LenientTokenTests {
    private let keys: TestKeys

    init() throws {
        self.keys = try TestKeys.shared.get()
    }

    @Test(
        "a token's type may be left out, or say that it is a JWT",
        arguments: [
            (nil, true), ("JWT", true), ("jwt", true), ("at+jwt", true), ("AT+JWT", true), ("application/at+jwt", true),
            ("application/jwt", true), ("Application/AT+JWT", true),
            ("application/", false), ("application/application/jwt", false), ("text/jwt", false), ("/jwt", false),
            ("application/at+jwt; v=1", false), ("application/dpop+jwt", false), ("id+jwt", false), ("JOSE", false),
        ] as [(String?, Bool)]
    )
    func types(type: String?, isAccepted: Bool) async throws {
        try await KeyServer.with([try self.keys.jwk(.es256, #""kid":"ec""#)]) { server in
            let token = try type.map { try server.forge.token(header: "\"typ\":\"\($0)\"") } ?? server.forge.token()
            let fault = await server.judge(token, try server.authenticator()).fault
            #expect(fault == (isAccepted ? nil : .header))
        }
    }

    /// A token of Ed25519 under any name of the algorithm, in its key and in the token.
    private func edwards(_ server: KeyServer, _ name: String, kid: String = "ed") throws -> String {
        let header = "{\"alg\":\"\(name)\",\"kid\":\"\(kid)\"}"
        return try server.forge.token(header: header, payload: TokenForge.Claims().json, .edDSA)
    }

    @Test("Ed25519 has two names, in tokens, keys and the configuration")
    func edwardsNames() async throws {
        for member in [#""kid":"ed""#, #""kid":"ed","alg":"EdDSA""#, #""kid":"ed","alg":"Ed25519""#] {
            let published = [try self.keys.jwk(.edDSA, member), try self.keys.jwk(.es256, #""kid":"ec""#)]
            try await KeyServer.with(published) { server in
                let authenticator = try server.authenticator()
                for name in ["EdDSA", "Ed25519"] {
                    #expect(await server.judge(try self.edwards(server, name), authenticator).fault == nil)
                    let stray = try self.edwards(server, name, kid: "ec")
                    #expect(await server.judge(stray, authenticator).fault == .algorithm)
                }
                for name in ["Ed448", "ed25519", "Ed25519 ", "EDDSA"] {
                    #expect(await server.judge(try self.edwards(server, name), authenticator).fault == .algorithm)
                }
                // An issuer of other algorithms alone has none of both.
                let others = try server.authenticator([try server.configuration([.es256])])
                #expect(await server.judge(try self.edwards(server, "Ed25519"), others).fault == .algorithm)
            }
        }
        #expect(SigningAlgorithm(JSONString("Ed25519")) == .edDSA)
    }

    @Test(
        "a key may leave its purpose open, and is not used where it says another one",
        arguments: [
            (#""key_ops":[]"#, true), (#""key_ops":null"#, true), (#""key_ops":["verify","sign"]"#, true),
            (#""use":null"#, true), (#""alg":null"#, true), (#""kid":null"#, true),
            (#""use":null,"alg":null,"key_ops":[],"kid":null"#, true),
            (#""key_ops":["sign"]"#, false), (#""key_ops":[null]"#, false), (#""key_ops":"""#, false),
            (#""key_ops":{}"#, false), (#""use":"""#, false), (#""use":"enc""#, false), (#""use":[]"#, false),
            (#""alg":"""#, false), (#""alg":[]"#, false), (#""alg":"none""#, false), (#""alg":"RS256""#, false),
            (#""kid":[]"#, false), (#""kid":7"#, false), (#""d":null"#, false),
        ]
    )
    func purposes(members: String, isUsed: Bool) throws {
        let document = ByteBuffer(string: "{\"keys\":[\(try self.keys.jwk(.es256, members))]}")
        let set = try? JWKSet(document, algorithms: [.es256, .edDSA])
        #expect(set?.keys.map(\.algorithms) == (isUsed ? [[.es256]] : nil))
    }

    @Test("keys of one name and different kinds are told apart by the token's algorithm")
    func oneName() async throws {
        let published = [
            try self.keys.jwk(.rs256, #""kid":"2026-11""#), try self.keys.jwk(.es256, #""kid":"2026-11""#),
            try self.keys.jwk(.edDSA, #""kid":"2026-11""#),
        ]
        try await KeyServer.with(published) { server in
            let authenticator = try server.authenticator()
            for algorithm in [SigningAlgorithm.rs256, .ps256, .es256, .edDSA] {
                let token = try server.forge.token(algorithm, kid: "2026-11")
                #expect(await server.judge(token, authenticator).fault == nil, "\(algorithm)")
            }
            // None of the keys stands in for another.
            #expect(
                await server.judge(try server.forge.token(.es512, kid: "2026-11"), authenticator).fault == .algorithm
            )
            let signed = Array(server.forge.signed(.es256, kid: "2026-11").utf8)
            for other in [SigningAlgorithm.rs256, .edDSA, .es512] {
                let signature = try self.keys.sign(signed, other)
                let token = server.forge.token(.es256, kid: "2026-11", signature: signature)
                #expect(await server.judge(token, authenticator).fault == .signature, "\(other)")
            }
        }
    }

    @Test("a token may be as long as the setting says, to the byte, and 12 KiB unless told")
    func size() async throws {
        try await KeyServer.with([try self.keys.jwk(.es256, #""kid":"ec""#)]) { server in
            let groups = (0..<900).map { "\"group-\($0)\"" }.joined(separator: ",")
            let token = try server.forge.token("groups", "[\(groups)]")
            let length = token.utf8.count
            #expect(length > 12 << 10)
            #expect(await server.judge(token, try server.authenticator()).fault == nil)
            for (limit, fault) in [(length, nil), (length - 1, CredentialFault.tooLong)] {
                let authenticator = try JWTAuthenticator(
                    issuers: [try server.configuration()],
                    client: server.client,
                    tokenBytesMax: limit,
                    clocks: server.clock.clocks,
                    logger: .silent
                )
                #expect(await server.judge(token, authenticator).fault == fault)
            }
        }
    }

    @Test(
        "a secret may be written in Base64, where its bytes are no text",
        arguments: 0...2
    )
    func secrets(kind: Int) async throws {
        let prefix = "base64:"
        let bytes = (0..<33).map { UInt8(truncatingIfNeeded: 0xFF &- $0 &* 7) }
        let urlSafe = encode(bytes)
        let standard = urlSafe.replacing("-", with: "+").replacing("_", with: "/")
        #expect(urlSafe != standard)
        let written = [urlSafe, standard, encode(bytes + [0]) + "=="][kind]
        let own = kind == 2 ? bytes + [0] : bytes
        let forge = TokenForge(keys: self.keys)
        let authenticator = try JWTAuthenticator(issuers: [try Self.symmetric(prefix + written)], logger: .silent)
        let signed = forge.signed(.hs256, kid: "s")
        func token(_ secret: [UInt8]) -> String {
            let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: SymmetricKey(data: secret))
            return forge.token(.hs256, kid: "s", signature: Array(code))
        }
        let now = Timestamp(milliseconds: TokenForge.now * 1_000)
        #expect(await authenticator.judge(token(own), at: now).fault == nil)
        #expect(await authenticator.judge(token(Array((prefix + written).utf8)), at: now).fault == .signature)
        #expect(await authenticator.judge(token(Array(written.utf8)), at: now).fault == .signature)
    }

    @Test(
        "a secret that begins as Base64 and is none, or has too few bytes, is refused",
        arguments: [
            "base64:", "base64:====", "base64:not base64 at all, but long enough for one",
            "base64:" + String(repeating: "A", count: 45), "base64:" + String(repeating: "A", count: 41),
            "base64:+_" + String(repeating: "A", count: 46), "base64:" + String(repeating: "A", count: 43) + "==",
            "base64:" + String(repeating: "A", count: 42),
        ]
    )
    func badSecrets(text: String) throws {
        #expect(throws: InvalidValue.self) { try Self.symmetric(text) }
    }

    @Test("a text that only contains base64: is the text")
    func texts() throws {
        _ = try Self.symmetric("Base64:" + String(repeating: "!", count: 32))
        _ = try Self.symmetric(String(repeating: "!", count: 32) + "base64:")
    }

    private static func symmetric(_ secret: String) throws -> IssuerConfiguration {
        try IssuerConfiguration(
            issuer: TokenForge.issuer,
            algorithms: [.hs256],
            keys: .secret(Secret(secret), id: "s"),
            audience: [TokenForge.audience]
        )
    }
}
