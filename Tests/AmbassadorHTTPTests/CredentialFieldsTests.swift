import AmbassadorCore
import Testing

@testable import AmbassadorHTTP

@Suite("Credentials in a head")
struct CredentialFieldsTests {
    private func credential(_ fields: (name: String, value: String)...) throws -> Credential {
        try RequestFields([("Host", "a")] + fields, minorVersion: 1).credential
    }

    @Test("a key or a bearer token is taken as it is, the scheme in any case")
    func taken() throws {
        #expect(try self.credential() == .none)
        #expect(try self.credential(("X-API-Key", "amb_1")) == .apiKey(Secret("amb_1")))
        #expect(try self.credential(("authorization", "Bearer a.b.c")) == .bearer(Secret("a.b.c")))
        #expect(try self.credential(("Authorization", "bEARER   a.b.c")) == .bearer(Secret("a.b.c")))
    }

    @Test(
        "what is no credential is not taken for one",
        arguments: ["", "Bearer", "Bearer ", "Bearer a b", "Basic YTpi", "a.b.c", "Bearera.b.c", "Bearer\ta"]
    )
    func unusable(authorization: String) throws {
        #expect(try self.credential(("Authorization", authorization)) == .unusable)
    }

    @Test("an empty key is no key, and two kinds at once are both looked at")
    func several() throws {
        #expect(try self.credential(("X-API-Key", "")) == .unusable)
        let both = Credential.both(apiKey: Secret("k"), bearer: Secret("t"))
        #expect(try self.credential(("X-API-Key", "k"), ("Authorization", "Bearer t")) == both)
        #expect(try self.credential(("Authorization", "Basic dTpw"), ("X-API-Key", "k")) == .apiKey(Secret("k")))
    }

    @Test("a repeated one breaks the request")
    func repeated() {
        #expect(throws: Refusal.self) { try self.credential(("X-API-Key", "a"), ("x-api-key", "a")) }
        #expect(throws: Refusal.self) { try self.credential(("Authorization", "a"), ("authorization", "a")) }
    }
}
