import AmbassadorHTTP
import Testing

@Suite struct UpstreamConfigurationTests {
    @Test(
        "an address that is more or less than a base address is refused",
        arguments: [
            "", "127.0.0.1:7860", "ftp://a", "http://", "http:///x", "http://a:b@c", "http://u@c/x", "http://a?x=y",
            "http://a/?x",
            "http://a#b", "http://a/%2e", "http://a//b", "http://a/../b", "http://a/./b", "http://a b", "http://a:0",
            "http://a:99999",
            "http://a,b", "http://\u{E9}", "http://a/\u{E9}", "http://a\r\nX: y", "HTTP://a", "http://a;b",
        ]
    )
    func invalidURL(text: String) {
        #expect(throws: UpstreamConfigurationError.self) { try UpstreamURL(text) }
    }

    @Test(
        "a base address loses its trailing slashes only",
        arguments: [
            ("http://127.0.0.1:7860", "http://127.0.0.1:7860"),
            ("https://langflow.example/", "https://langflow.example"),
            ("http://a/lang/flow/", "http://a/lang/flow"), ("http://[::1]:7860", "http://[::1]:7860"),
        ]
    )
    func validURL(text: String, expected: String) throws {
        let url = try UpstreamURL(text)
        #expect(url.description == expected)
    }

    @Test("a key that could not stand in a header is refused", arguments: ["", "a b", "a\r\nX: y", "\u{E9}", "a\u{0}"])
    func invalidKey(key: String) throws {
        let url = try UpstreamURL("http://a")
        #expect(throws: UpstreamConfigurationError.invalidAPIKey) { try UpstreamConfiguration(url: url, apiKey: key) }
    }
}
