import Testing

@testable import AmbassadorCore

@Suite("What a request shows of its caller")
struct CredentialFieldsTests {
    @Test("one key or one bearer is a credential; nothing is none")
    func usable() {
        #expect(Credential(apiKeys: [], authorizations: []) == .none)
        #expect(Credential(apiKeys: ["amb_x"], authorizations: []) == .apiKey(Secret("amb_x")))
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c"] {
            #expect(Credential(apiKeys: [], authorizations: [value]) == .bearer(Secret("a.b.c")), "\(value)")
        }
    }

    @Test("one of each is two credentials, of which one that cannot be read says nothing")
    func both() {
        let both = Credential.both(apiKey: Secret("k"), bearer: Secret("a.b.c"))
        #expect(Credential(apiKeys: ["k"], authorizations: ["Bearer a.b.c"]) == both)
        for value in ["Basic dTpw", "Bearer", "Bearer a b", "Digest x", ""] {
            #expect(Credential(apiKeys: ["k"], authorizations: [value]) == .apiKey(Secret("k")), "\(value)")
        }
        for key in ["", "a b", "é"] {
            #expect(Credential(apiKeys: [key], authorizations: ["Bearer t"]) == .bearer(Secret("t")), "\(key)")
            #expect(Credential(apiKeys: [key], authorizations: ["Basic t"]) == .unusable, "\(key)")
        }
    }

    @Test(
        "several, other schemes and other bytes cannot be used",
        arguments: [
            (["a", "a"], []), ([], ["Bearer a", "Bearer a"]), (["a", "a"], ["Bearer a"]),
            (["a"], ["Bearer a", "Bearer b"]), ([""], []), (["a b"], []),
            (["a, b"], []), (["é"], []), (["a\u{0}"], []), ([], [""]), ([], ["Bearer"]), ([], ["Bearer "]),
            ([], ["Bearer a b"]), ([], ["Bearer a, Bearer b"]), ([], ["Bearer\ta"]), ([], ["Basic a"]), ([], ["a"]),
            ([], ["Bearera"]), ([], ["Bearer:a"]), ([], [" Bearer a"]), ([], ["Bearer é"]), ([], ["Be\u{301}arer a"]),
        ] as [([String], [String])]
    )
    func unusable(_ keys: [String], _ authorizations: [String]) {
        #expect(Credential(apiKeys: keys, authorizations: authorizations) == .unusable)
    }
}
