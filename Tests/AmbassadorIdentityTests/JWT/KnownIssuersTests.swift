import AmbassadorCore
import NIOCore
import Testing

@testable import AmbassadorIdentity

/// Key sets as the issuers of the field publish them: shapes and names are theirs, the keys are the tests' own.
@Suite("Key sets of known issuers")
struct KnownIssuersTests {
    struct Issuer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kid: String
        /// What stands in its tokens' header beside `alg` and `kid`.
        let header: [String]
        /// What stands in the key beside its numbers and `kid`.
        let members: [String]
        /// What else is in the set.
        var others: [String] = []
        var algorithm = SigningAlgorithm.rs256
    }

    private static let certificate = #""x5c":["MIIDBTCCAe2gAwIBAgIQ"]"#

    private static let issuers = [
        Issuer(
            testDescription: "Cognito",
            kid: "abcdefghijklmnopqrsexample=",
            header: [],
            members: [#""alg":"RS256""#, #""use":"sig""#]
        ),
        Issuer(
            testDescription: "Entra",
            kid: "nOo3ZDrODXEK1jKWhXslHR_KXEg",
            header: [#""typ":"JWT""#, #""x5t":"nOo3ZDrODXEK1jKWhXslHR_KXEg""#],
            members: [
                #""use":"sig""#, #""x5t":"nOo3ZDrODXEK1jKWhXslHR_KXEg""#, certificate,
                #""cloud_instance_name":"microsoftonline.com""#,
                #""issuer":"https://login.microsoftonline.com/{tenantid}/v2.0""#,
            ]
        ),
        Issuer(
            testDescription: "Keycloak",
            kid: "FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE",
            header: [#""typ":"JWT""#],
            members: [
                #""alg":"RS256""#, #""use":"sig""#, certificate, #""x5t":"dGhpcyBpcyBh""#,
                #""x5t#S256":"dGhpcyBpcyBh""#,
            ],
            others: [#"{"kid":"enc","kty":"RSA","alg":"RSA-OAEP","use":"enc","n":"AQAB","e":"AQAB"}"#]
        ),
        Issuer(
            testDescription: "Auth0",
            kid: "NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg",
            header: [#""typ":"at+jwt""#],
            members: [#""alg":"RS256""#, #""use":"sig""#, certificate, #""x5t":"NjVBRjY5""#]
        ),
        Issuer(
            testDescription: "a name that is a URL",
            kid: "https://keys.example.com/v1/projects/p/keys/2026?version=3#active",
            header: [#""typ":"application/at+jwt""#],
            members: [#""alg":"ES256""#, #""key_ops":["verify"]"#],
            algorithm: .es256
        ),
        Issuer(
            testDescription: "a name that is a URN",
            kid: "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            header: [],
            members: [#""use":"sig""#],
            algorithm: .edDSA
        ),
        Issuer(
            testDescription: "a name that is an address",
            kid: "signer@example.iam.gserviceaccount.com",
            header: [#""typ":"JWT""#],
            members: [#""use":null"#, #""alg":null"#, #""key_ops":[]"#]
        ),
        Issuer(
            testDescription: "a name with blanks, beyond ASCII",
            kid: "Schlüssel 1 / 2026 %20 \u{1F511}",
            header: [],
            members: []
        ),
        Issuer(
            testDescription: "a name of 1 KiB",
            kid: String(repeating: "k", count: 1024),
            header: [],
            members: []
        ),
    ]

    @Test("their tokens are accepted", arguments: Self.issuers)
    func accepted(issuer: Issuer) async throws {
        let keys = try TestKeys.shared.get()
        let own = try keys.jwk(
            issuer.algorithm,
            (["\"kid\":\"\(issuer.kid)\""] + issuer.members).joined(separator: ",")
        )
        try await KeyServer.with(issuer.others + [own]) { server in
            let authenticator = try server.authenticator()
            let members = ["\"alg\":\"\(issuer.algorithm.rawValue)\"", "\"kid\":\"\(issuer.kid)\""] + issuer.header
            let token = try server.forge.token(
                header: "{\(members.joined(separator: ","))}",
                payload: TokenForge.Claims().json,
                issuer.algorithm
            )
            #expect(await server.judge(token, authenticator).caller?.principal == "alice")
            // Another name is another key's, however much it looks like this one.
            for other in [issuer.kid + "=", String(issuer.kid.dropLast()), issuer.kid.uppercased() + "x"] {
                let stranger = try server.forge.token(issuer.algorithm, kid: other)
                let fault = await server.judge(stranger, authenticator).fault
                #expect(fault == (other.utf8.count > 1024 ? .header : .unknownKeyID), "\(other.prefix(40))")
            }
        }
    }

    @Test("a name that only looks the same in another form of Unicode is another one")
    func bytes() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with([try keys.jwk(.es256, "\"kid\":\"caf\u{E9}\"")]) { server in
            let authenticator = try server.authenticator()
            let composed = try server.forge.token(.es256, kid: "caf\u{E9}")
            let decomposed = try server.forge.token(.es256, kid: "cafe\u{301}")
            #expect(await server.judge(composed, authenticator).fault == nil)
            #expect(await server.judge(decomposed, authenticator).fault == .unknownKeyID)
        }
    }
}
