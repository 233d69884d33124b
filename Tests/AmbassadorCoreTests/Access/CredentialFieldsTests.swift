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

    @Test(
        "several, other schemes and other bytes cannot be used",
        arguments: [
            (["a", "a"], []), ([], ["Bearer a", "Bearer a"]), (["a"], ["Bearer a"]), ([""], []), (["a b"], []),
            (["a, b"], []), (["é"], []), (["a\u{0}"], []), ([], [""]), ([], ["Bearer"]), ([], ["Bearer "]),
            ([], ["Bearer a b"]), ([], ["Bearer a, Bearer b"]), ([], ["Bearer\ta"]), ([], ["Basic a"]), ([], ["a"]),
            ([], ["Bearera"]), ([], ["Bearer:a"]), ([], [" Bearer a"]), ([], ["Bearer é"]), ([], ["Be\u{301}arer a"]),
        ] as [([String], [String])]
    )
    func unusable(_ keys: [String], _ authorizations: [String]) {
        #expect(Credential(apiKeys: keys, authorizations: authorizations) == .unusable)
    }
}
