import AmbassadorCore
import Testing

@testable import AmbassadorIdentity

@Suite("Several kinds of credentials")
struct CombinedAuthenticatorTests {
    /// Accepts everything, under its own name.
    private struct Judge: Authenticator {
        let name: String

        func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
            .accepted(Caller(principal: self.name, tenant: nil, permissions: .all))
        }
    }

    private static let credentials: [(Credential, String)] = [
        (.apiKey(Secret("amb_x")), "keys"), (.apiKey(Secret("a.b.c")), "keys"), (.bearer(Secret("amb_x")), "keys"),
        (.bearer(Secret("a.b.c")), "tokens"), (.bearer(Secret("")), "tokens"), (.none, "missing"),
        (.unusable, "malformed"),
    ]

    /// Who judged, or what is wrong.
    private func verdict(_ authenticator: some Authenticator, _ credential: Credential) -> String? {
        let authentication = authenticator.authenticate(credential, at: dawn)
        return authentication.caller?.principal ?? authentication.fault?.rawValue
    }

    @Test("each kind goes to the one who can judge it")
    func both() {
        let both = CombinedAuthenticator(keys: Judge(name: "keys"), tokens: Judge(name: "tokens"))
        for (credential, expected) in Self.credentials { #expect(self.verdict(both, credential) == expected) }
    }

    @Test("a kind that is not taken here is said to be so")
    func one() {
        let keys = CombinedAuthenticator(keys: Judge(name: "keys"), tokens: nil)
        let tokens = CombinedAuthenticator(keys: nil, tokens: Judge(name: "tokens"))
        for (credential, expected) in Self.credentials {
            #expect(self.verdict(keys, credential) == (expected == "tokens" ? "not_taken" : expected))
            #expect(self.verdict(tokens, credential) == (expected == "keys" ? "not_taken" : expected))
        }
    }

    @Test("where nobody is asked, everybody is anonymous and may do everything")
    func open() throws {
        for (credential, _) in Self.credentials {
            let caller = try #require(OpenAuthenticator().authenticate(credential, at: dawn).caller)
            #expect(caller.principal == "anonymous" && caller.tenant == nil && caller.expiresAt == nil)
            #expect(Action.allCases.filter { !$0.isOnFlow }.allSatisfy { caller.permissions.allows($0) })
        }
    }
}
