import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorIdentity

@Suite("Who calls, found from an API key")
struct APIKeyAuthenticatorTests {
    private static let expiry = dawn.advanced(by: .seconds(60))

    @Test("a key is its name, its tenant and its permissions, in either header")
    func accepted() throws {
        var list = APIKeyList()
        let key = try list.add(permissions: [try Permissions.Grant("run:faq_*")], expiresAt: Self.expiry)
        let authenticator = APIKeyAuthenticator(list)
        for credential in [Credential.apiKey(key.secret), .bearer(key.secret)] {
            let caller = try #require(authenticator.authenticate(credential, at: dawn).caller)
            #expect(caller.principal == "ci" && caller.tenant?.description == "acme")
            #expect(caller.permissions.allows(.run, on: try #require(FlowName("faq_qa"))))
            #expect(!caller.permissions.allows(.run, on: try #require(FlowName("other"))))
            #expect(!caller.permissions.allows(.adminRead))
            #expect(caller.expiresAt == Self.expiry)
        }
    }

    @Test("a key ends at its expiry, to the millisecond")
    func expiry() throws {
        var list = APIKeyList()
        let key = try list.add(expiresAt: Self.expiry)
        let authenticator = APIKeyAuthenticator(list)
        let last = Timestamp(milliseconds: Self.expiry.milliseconds - 1)
        #expect(authenticator.authenticate(.apiKey(key.secret), at: last).caller != nil)
        #expect(authenticator.authenticate(.apiKey(key.secret), at: Self.expiry).fault == .expired)
    }

    @Test("revoked, unknown and guessed keys, what is no key, and nothing are told apart, for operators")
    func rejected() throws {
        var list = APIKeyList()
        let revoked = try list.add("revoked", seed: 1)
        let known = try list.add("known", seed: 2)
        _ = try list.revoke(revoked.id, at: dawn)
        // The right id, and a secret of somebody's own.
        var generator = SeededGenerator(seed: 3)
        let guessed = APIKey(id: known.id, using: &generator)
        var elsewhere = APIKeyList()
        let stranger = try elsewhere.add(seed: 4)
        let authenticator = APIKeyAuthenticator(list)
        for (key, fault) in [(revoked, CredentialFault.revoked), (guessed, .unknownKey), (stranger, .unknownKey)] {
            #expect(authenticator.authenticate(.apiKey(key.secret), at: dawn).fault == fault)
        }
        for text in ["", "x", "amb_x", String(repeating: "a", count: 129), known.secret.revealed + " "] {
            #expect(authenticator.authenticate(.apiKey(Secret(text)), at: dawn).fault == .notAKey)
            #expect(authenticator.authenticate(.bearer(Secret(text)), at: dawn).fault == .notAKey)
        }
        #expect(authenticator.authenticate(.none, at: dawn).fault == .missing)
        #expect(authenticator.authenticate(.unusable, at: dawn).fault == .malformed)
    }

    @Test("an expired key is told from an unknown one only to who has it")
    func expiredGuess() throws {
        var list = APIKeyList()
        let key = try list.add(expiresAt: Self.expiry)
        var generator = SeededGenerator(seed: 3)
        let guessed = APIKey(id: key.id, using: &generator)
        let authenticator = APIKeyAuthenticator(list)
        #expect(authenticator.authenticate(.apiKey(guessed.secret), at: Self.expiry).fault == .unknownKey)
    }

    @Test("other keys can be put in force, all at once")
    func replaced() throws {
        var list = APIKeyList()
        let old = try list.add(seed: 1)
        let authenticator = APIKeyAuthenticator(list)
        var others = APIKeyList()
        let new = try others.add(seed: 2)
        authenticator.replace(with: others)
        #expect(authenticator.authenticate(.apiKey(old.secret), at: dawn).fault == .unknownKey)
        #expect(authenticator.authenticate(.apiKey(new.secret), at: dawn).caller != nil)
        #expect(authenticator.count == 1)
    }
}
