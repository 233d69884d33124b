import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorIdentity

@Suite("JWTs")
struct JWTAuthenticatorTests {
    private let forge: TokenForge
    private let clock = MockClock()
    private let metrics = JWTMetrics()

    init() throws {
        self.forge = TokenForge(keys: try TestKeys.shared.get())
    }

    private func configuration(
        _ algorithm: SigningAlgorithm = .es256,
        claims: IssuerConfiguration.ClaimNames = .init(),
        tenant: String? = nil,
        permissions: [Permissions.Grant] = []
    ) throws -> IssuerConfiguration {
        try IssuerConfiguration(
            issuer: TokenForge.issuer,
            algorithms: [algorithm],
            keys: algorithm.isSymmetric
                ? .secret(Secret(self.forge.keys.secret)) : .publicKeys([PEMKey(try self.forge.keys.pem(algorithm))]),
            audience: ["other", TokenForge.audience],
            claims: claims,
            tenant: tenant.flatMap { TenantID($0.utf8) },
            permissions: Permissions(permissions)
        )
    }

    private func authenticator(_ configuration: IssuerConfiguration) throws -> JWTAuthenticator {
        try JWTAuthenticator(
            issuers: [configuration],
            clocks: self.clock.clocks,
            metrics: self.metrics,
            logger: .silent
        )
    }

    private func judge(
        _ claims: TokenForge.Claims,
        _ configuration: IssuerConfiguration? = nil
    ) async throws -> Result<Caller, CredentialFault> {
        let authenticator = try self.authenticator(try configuration ?? self.configuration())
        return await authenticator.judge(try self.forge.token(.es256, kid: nil, claims), at: self.clock.wall)
    }

    @Test("each algorithm's tokens are accepted, and no other's", arguments: SigningAlgorithm.allCases)
    func algorithms(algorithm: SigningAlgorithm) async throws {
        let authenticator = try self.authenticator(try self.configuration(algorithm))
        for other in SigningAlgorithm.allCases {
            let verdict = await authenticator.judge(try self.forge.token(other, kid: nil), at: self.clock.wall)
            #expect(verdict.caller?.principal == (other == algorithm ? "alice" : nil), "\(other)")
            #expect(verdict.fault == (other == algorithm ? nil : .algorithm), "\(other)")
        }
    }

    @Test(
        "times are compared to the second, with the leeway",
        arguments: [
            ("exp", TokenForge.now - 29, nil), ("exp", TokenForge.now - 30, .expired),
            ("nbf", TokenForge.now + 30, nil), ("nbf", TokenForge.now + 31, .notYetValid),
            ("iat", TokenForge.now + 30, nil), ("iat", TokenForge.now + 31, .notYetValid), ("nbf", 0, nil),
        ] as [(String, Int64, CredentialFault?)]
    )
    func leeway(name: String, value: Int64, fault: CredentialFault?) async throws {
        #expect(try await self.judge(.init().with(name, "\(value)")).fault == fault)
    }

    @Test("a caller is what the token says: name, tenant, end")
    func caller() async throws {
        let claims = TokenForge.Claims().with("tenant", "\"acme\"").with("exp", "\(TokenForge.now + 60).25")
        let caller = try await self.judge(claims).caller
        #expect(caller?.principal == "alice")
        #expect(caller?.tenant?.description == "acme")
        #expect(caller?.expiresAt == Timestamp(milliseconds: (TokenForge.now + 90) * 1000 + 250))
        #expect(try await self.judge(.init()).caller?.tenant == nil)
    }

    @Test("the audience may be one of several, on either side")
    func audience() async throws {
        #expect(try await self.judge(.init().with("aud", #"["x","ambassador"]"#)).fault == nil)
        #expect(try await self.judge(.init().with("aud", "\"other\"")).fault == nil)
    }

    @Test("claims have the names that are configured, nested objects do not count")
    func claimNames() async throws {
        let names = IssuerConfiguration.ClaimNames(principal: "client_id", tenant: "org", permissions: "scope")
        let claims = TokenForge.Claims().with("client_id", "\"robot 7\"").with("org", "\"acme\"")
            .with("scope", #""openid run:faq_* profile admin:read RUN run:* run:a/b""#).with("tenant", "7")
        let caller = try await self.judge(claims, try self.configuration(claims: names)).caller
        #expect(caller?.principal == "robot 7")
        #expect(caller?.tenant?.description == "acme")
        #expect(caller?.permissions.grants.map(\.description) == ["run:faq_*", "admin:read", "run:*"])
        let nested = TokenForge.Claims().with("x", #"{"client_id":"root"}"#)
        #expect(try await self.judge(nested, try self.configuration(claims: names)).fault == .claims)
    }

    @Test("permissions are the token's where it names them, else the issuer's")
    func permissions() async throws {
        let configuration = try self.configuration(permissions: [Permissions.Grant(.run), Permissions.Grant(.stream)])
        func granted(_ value: String?) async throws -> [String]? {
            let verdict = try await self.judge(.init().with("permissions", value), configuration)
            return verdict.caller?.permissions.grants.map(\.description)
        }
        #expect(try await granted(nil) == ["run:*", "stream:*"])
        #expect(try await granted(#"["refresh:faq"]"#) == ["refresh:faq"])
        #expect(try await granted("\"\"") == [])
        #expect(try await granted("[]") == [])
        #expect(try await granted(#"["openid","ru\u006e"]"#) == ["run:*"])
        let most = (1...256).map { "\"run:f\($0)\"" }.joined(separator: ",")
        #expect(try await granted("[\(most)]")?.count == 256)
    }

    @Test("an issuer that speaks for one tenant names no other")
    func fixedTenant() async throws {
        let configuration = try self.configuration(tenant: "acme")
        #expect(try await self.judge(.init(), configuration).caller?.tenant?.description == "acme")
        #expect(
            try await self.judge(.init().with("tenant", "\"acme\""), configuration).caller?.tenant?.description
                == "acme"
        )
        #expect(try await self.judge(.init().with("tenant", "\"other\""), configuration).fault == .claims)
    }

    @Test("a token is verified once and remembered for a minute, never beyond its end")
    func memory() async throws {
        let authenticator = try self.authenticator(try self.configuration())
        let token = try self.forge.token(.es256, kid: nil, .init().with("exp", "\(TokenForge.now + 70)"))
        for _ in 0..<3 {
            #expect(await authenticator.judge(token, at: self.clock.wall).fault == nil)
        }
        #expect(self.metrics.verified.value == 1)
        #expect(self.metrics.cacheHits.value == 2)
        self.clock.advance(by: .seconds(60))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == nil)
        #expect(self.metrics.verified.value == 2)
        // 70 seconds and the leeway of 30.
        self.clock.advance(by: .milliseconds(39_999))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == nil)
        #expect(self.metrics.verified.value == 2)
        self.clock.advance(by: .milliseconds(1))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == .expired)
    }

    @Test("what was remembered is not believed once the clock was set back")
    func clockSetBack() async throws {
        let authenticator = try self.authenticator(try self.configuration())
        let token = try self.forge.token(.es256, kid: nil, .init().with("nbf", "\(TokenForge.now)"))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == nil)
        self.clock.stepWall(by: .seconds(-31))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == .notYetValid)
    }

    @Test("a rejected token is not remembered as accepted")
    func rejectionIsNotRemembered() async throws {
        let authenticator = try self.authenticator(try self.configuration())
        let token = try self.forge.token(.es256, kid: nil, .init().with("nbf", "\(TokenForge.now + 40)"))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == .notYetValid)
        self.clock.advance(by: .seconds(10))
        #expect(await authenticator.judge(token, at: self.clock.wall).fault == nil)
        #expect(self.metrics.cacheHits.value == 0)
    }
}
