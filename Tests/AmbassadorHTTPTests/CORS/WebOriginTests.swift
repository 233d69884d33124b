import AmbassadorCore
import AmbassadorHTTP
import Testing

@Suite struct WebOriginTests {
    @Test(
        "an origin is taken as browsers write it",
        arguments: [
            "https://chat.example.com", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080", "*",
            "chrome-extension://abcdefghijklmnop", "capacitor://localhost", "https://xn--bcher-kva.example:8443",
        ]
    )
    func taken(text: String) throws {
        #expect(try WebOrigin(text).description == text)
    }

    @Test(
        "what no browser sends, or everybody may, is refused",
        arguments: [
            "", "null", "https://", "https://a/", "https://a/b", "https://A.example", "HTTPS://a.example",
            "https://*.example.com", "a.example", "//a.example", "https:/a", "https://a:0", "https://a:65536",
            "https://a.example:443", "http://a.example:80", "https://user@a.example", "https://a.example?x",
            "https://a b", "https://a,https://b", "https://b\u{fc}cher.example", "**", "https://a\r\nX: y",
        ]
    )
    func refused(text: String) {
        #expect(throws: InvalidValue.self) { try WebOrigin(text) }
    }
}
