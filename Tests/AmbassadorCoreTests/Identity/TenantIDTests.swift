import AmbassadorCore
import Testing

@Suite("Tenant")
struct TenantIDTests {
    @Test(
        "names within the grammar are tenants",
        arguments: ["a", "0", "acme", "acme.eu-west_1", "a..b", String(repeating: "z", count: 63)]
    )
    func accepts(name: String) {
        #expect(TenantID(name.utf8)?.description == name)
    }

    @Test(
        "everything else is none",
        arguments: [
            "", "A", "Acme", ".a", "-a", "_a", "a b", "a,b", "a/b", "../a", "a\0", "a\r\n", "é", "e\u{301}", "ａ", " a",
            "a ",
            String(repeating: "z", count: 64),
        ]
    )
    func refuses(name: String) {
        #expect(TenantID(name.utf8) == nil)
    }

    @Test("the default tenant is a tenant like any other")
    func defaults() {
        #expect(TenantID("default".utf8) == .default)
    }
}
