import AmbassadorCore
import AmbassadorTesting
import Crypto
import Testing

@testable import AmbassadorIdentity

@Suite("Forged and broken tokens")
struct ForgedTokenTests {
    /// The issuer of the table with its published keys, and two more of the same keys' names.
    private static func issuers(_ server: KeyServer) throws -> [IssuerConfiguration] {
        let stranger = P256.Signing.PrivateKey().publicKey.pemRepresentation
        let own = try server.forge.keys.pem(.es256)
        return [
            try server.configuration(),
            try IssuerConfiguration(
                issuer: "https://second.example",
                algorithms: [.es256],
                keys: .publicKeys([PEMKey(stranger, id: "ec")]),
                audience: [TokenForge.audience]
            ),
            try IssuerConfiguration(
                issuer: "https://caf\u{E9}.example",
                algorithms: [.es256],
                keys: .publicKeys([PEMKey(own, id: "ec")]),
                audience: [TokenForge.audience]
            ),
        ]
    }

    private static func published(_ keys: TestKeys) throws -> [String] {
        let second = P256.Signing.PrivateKey().publicKey.rawRepresentation
        return [
            try keys.jwk(.rs256, #""kid":"rsa""#), try keys.jwk(.es256, #""kid":"ec""#, #""use":"sig""#),
            "{\(TestKeys.ec("P-256", Array(second))),\"kid\":\"ec-2\"}",
            try keys.jwk(.es512, #""kid":"p521","alg":"ES512""#),
            try keys.jwk(.edDSA, #""kid":"ed""#),
        ]
    }

    @Test("every one of the table is rejected for its own reason, and the key server is asked once")
    func table() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with(try Self.published(keys)) { server in
            let authenticator = try server.authenticator(try Self.issuers(server))
            // The first token has the keys fetched, and what is forged of is good.
            #expect(await server.judge(try server.forge.token(), authenticator).caller?.principal == "alice")
            let tokens = try ForgedTokens.all(server.forge)
            for forged in tokens {
                let verdict = await server.judge(forged.token, authenticator)
                #expect(verdict.fault == forged.fault, "\(forged.name)")
            }
            #expect(tokens.count > 250)
            #expect(Set(tokens.map(\.name)).count == tokens.count)
            #expect(server.requests == ["GET /jwks HTTP/1.1"])
            #expect(server.metrics.rejected.value == tokens.count)
        }
    }

    @Test("what is wrong in the table is all that is wrong: the same tokens without it are accepted")
    func controls() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with(try Self.published(keys)) { server in
            let authenticator = try server.authenticator(try Self.issuers(server))
            let forge = server.forge
            let composed = TokenForge.Claims().with("iss", "\"https://caf\u{E9}.example\"")
            let good = [
                try forge.token(.rs256, kid: "rsa"), try forge.token(.ps256, kid: "rsa"),
                try forge.token(.es512, kid: "p521"),
                try forge.token(.edDSA, kid: "ed"), try forge.token(.edDSA, kid: nil),
                try forge.token(.es512, kid: nil),
                try forge.token(.es256, kid: "ec", composed), try forge.token(header: #""x":[[[[]]]]"#),
                try forge.token(header: #""typ":"JWT""#), try forge.token(header: #""typ":"at+JWT""#),
            ]
            for token in good {
                #expect(await server.judge(token, authenticator).fault == nil)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test("a token cut anywhere, or with any one letter changed, is rejected")
    func damage() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with([try keys.jwk(.edDSA, #""kid":"ed""#)]) { server in
            let authenticator = try server.authenticator()
            let good = Array(try server.forge.token(.edDSA, kid: "ed").utf8)
            #expect(await server.judge(String(decoding: good, as: UTF8.self), authenticator).fault == nil)
            var accepted = 0
            for position in good.indices {
                var changed = good
                changed[position] = good[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                for damaged in [changed, Array(good[..<position])] {
                    let verdict = await server.judge(String(decoding: damaged, as: UTF8.self), authenticator)
                    accepted += verdict.fault == nil ? 1 : 0
                }
            }
            #expect(accepted == 0)
            #expect(server.requests.count <= 2)
        }
    }

    @Test("what is no bearer token is rejected unread")
    func otherCredentials() async throws {
        try await KeyServer.with([]) { server in
            let authenticator = try server.authenticator()
            let token = Secret(try server.forge.token())
            let verdicts = [Credential.none, .apiKey(token), .unusable, .both(apiKey: token, bearer: token)].map {
                authenticator.authenticate($0, at: server.clock.wall).fault?.rawValue ?? ""
            }
            #expect(verdicts == ["missing", "malformed", "malformed", "malformed"])
            #expect(server.requests == [])
        }
    }
}
