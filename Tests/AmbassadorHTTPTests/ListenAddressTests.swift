import AmbassadorCore
import AmbassadorHTTP
import Testing

@Suite struct ListenAddressTests {
    @Test(
        "an address is read whole, and written as it was",
        arguments: ["127.0.0.1:8080", "localhost:0", "[::1]:80", "unix:/run/a.sock", "a-b.example:65535"]
    )
    func valid(text: String) throws {
        #expect(try ListenAddress(text).description == text)
    }

    @Test(
        "what is no address is refused with its reason",
        arguments: [
            ("8080", "has no valid host"), (":8080", "names no host"), ("host", "has no port"),
            ("host:", "has no port"),
            ("host:65536", "has no port"), ("host:-1", "has no port"), ("host:+1", "has no port"),
            ("host:80x", "has no port"), ("::1:80", "names no host"), ("[]:1", "has no IPv6 address"),
            ("[::1:80", "has a [ without"), ("[::1%lo]:80", "has no IPv6 address"), ("a b:1", "has no valid host"),
            ("127.1:80", "has no valid host"), ("http://a:80", "is a URL"),
            ("unix:relative", "does not name an absolute"),
            ("unix:/", "does not name an absolute"), ("unix:/a\n", "has a control character"), ("", "names no host"),
        ]
    )
    func invalid(text: String, reason: String) throws {
        let error = try #require(throws: InvalidValue.self) { try ListenAddress(text) }
        #expect(error.reason.hasPrefix(reason), "\(error)")
    }

    @Test("a socket path of 107 bytes fits, one of 108 does not")
    func socketPath() throws {
        _ = try ListenAddress("unix:/" + String(repeating: "a", count: 106))
        #expect(throws: InvalidValue("names a socket path of more than 107 bytes")) {
            try ListenAddress("unix:/" + String(repeating: "a", count: 107))
        }
    }
}
