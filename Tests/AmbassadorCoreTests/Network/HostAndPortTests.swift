import AmbassadorCore
import Testing

@Suite struct HostAndPortTests {
    @Test(
        "names are lowered, addresses written in their shortest form, a missing port is the default one",
        arguments: [
            ("h:1", "h:1"), ("h", "h:9"), ("Ex-ample.COM:0", "ex-ample.com:0"), ("10.0.0.1:65535", "10.0.0.1:65535"),
            ("[::1]", "[::1]:9"), ("[0:0:0:0:0:0:0:1]:2", "[::1]:2"), ("a_b:1", "a_b:1"),
        ]
    )
    func valid(text: String, expected: String) throws {
        #expect(try HostAndPort(text[...], defaultPort: 9).description == expected)
    }

    @Test(
        "what a resolver could read in another way is refused",
        arguments: [
            "2130706433", "0x7f.1", "0X7F000001", "127.1", "127.0.0.01", "1.2.3.4.5", "256.0.0.1", "a..b", "-a", "a-",
            "a.", "*", "\u{E9}", "[::1%1]", "[1]", "[]", "[::1", "[::1]1", "h:", "h:65536", "h:000001", "h:\u{661}",
            String(repeating: "a", count: 64), "",
        ]
    )
    func invalid(text: String) {
        #expect(throws: InvalidValue.self) { try HostAndPort(text[...], defaultPort: 9) }
    }

    @Test("without a default, a port is needed; a URL's is not 0")
    func ports() {
        #expect(throws: InvalidValue("has no port")) { try HostAndPort("h", defaultPort: nil) }
        #expect(throws: InvalidValue("has no port between 1 and 65535")) {
            try HostAndPort(ofURL: "h:0", defaultPort: 80)
        }
    }
}
