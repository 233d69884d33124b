import AmbassadorCore
import Testing

@Suite struct SecretTests {
    @Test("a secret shows itself to no description, mirror or dump")
    func redaction() {
        let secret = Secret("canary")
        var dumped = ""
        dump([secret], to: &dumped)
        #expect(![dumped, "\(secret)", String(reflecting: secret)].joined().contains("canary"))
        #expect(secret.revealed == "canary")
        #expect(secret != Secret("other"))
    }
}
