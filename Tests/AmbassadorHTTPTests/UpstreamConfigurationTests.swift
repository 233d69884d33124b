import AmbassadorCore
import AmbassadorHTTP
import Testing

@Suite struct UpstreamConfigurationTests {
    @Test(
        "an address that is more or less than a base address is refused",
        arguments: [
            "", "127.0.0.1:7860", "ftp://a", "http://", "http:///x", "http://a:b@c", "http://u@c/x", "http://a?x=y",
            "http://a/?x",
            "http://a#b", "http://a/%2e", "http://a//b", "http://a/../b", "http://a/./b", "http://a b", "http://a:0",
            "http://a:99999", "http://a//", "http://2852039166", "http://0xa9fea9fe", "http://[::1",
            "http://[fe80::1%1]",
            "http://a,b", "http://\u{E9}", "http://a/\u{E9}", "http://a\r\nX: y", "HTTP://a", "http://a;b",
        ]
    )
    func invalidURL(text: String) {
        #expect(throws: InvalidValue.self) { try UpstreamURL(text) }
    }

    @Test(
        "a base address loses its trailing slash and its scheme's own port, its host its capitals",
        arguments: [
            ("http://127.0.0.1:7860", "http://127.0.0.1:7860"),
            ("https://langflow.example/", "https://langflow.example"),
            ("http://a/lang/flow/", "http://a/lang/flow"), ("http://A:80", "http://a"),
            ("https://a:443/x", "https://a/x"),
            ("https://a:80", "https://a:80"), ("http://[0:0::1]:80/x", "http://[::1]/x"),
            ("http://[::1]:7860", "http://[::1]:7860"),
        ]
    )
    func validURL(text: String, expected: String) throws {
        let url = try UpstreamURL(text)
        #expect(url.description == expected)
        #expect(try UpstreamURL(expected) == url)
    }

    @Test("a key that could not stand in a header is refused", arguments: ["", "a b", "a\r\nX: y", "\u{E9}", "a\u{0}"])
    func invalidKey(key: String) throws {
        let url = try UpstreamURL("http://a")
        #expect(throws: InvalidValue.self) { try UpstreamConfiguration(url: url, apiKey: Secret(key)) }
    }
}
