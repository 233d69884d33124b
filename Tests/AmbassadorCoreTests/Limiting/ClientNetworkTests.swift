import Testing

@testable import AmbassadorCore

@Suite("A client's network is an IPv4 address or an IPv6 /64")
struct ClientNetworkTests {
    @Test(
        "addresses of one network are one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
            ("2001:DB8:1:2::1", "2001:db8:1:2::2"), ("2001:db8:0:0:1:2:3:4", "2001:db8::"), ("::1", "::2"),
            ("fe80::1%eth0", "fe80::2"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
            ("64:ff9b::192.0.2.1", "64:ff9b::c000:202"), ("1:2:3:4:5:6:7::", "1:2:3:4::"),
            ("::3:4:5:6:7:8", "0:0:3:4::"),
            ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4::"),
        ]
    )
    func same(left: String, right: String) throws {
        let networks = (try #require(ClientNetwork(left)), try #require(ClientNetwork(right)))
        #expect(networks.0 == networks.1)
    }

    @Test(
        "addresses of two networks are two",
        arguments: [
            ("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::", "2001:db8:1:3::"), ("::c000:201", "192.0.2.1"),
            ("0.0.0.0", "::"), ("1::", "::1"), ("::ffff:192.0.2.1", "::"), ("1:2:3::", "1:2::3"),
        ]
    )
    func different(left: String, right: String) throws {
        let networks = (try #require(ClientNetwork(left)), try #require(ClientNetwork(right)))
        #expect(networks.0 != networks.1)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", ".", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "1..2.3", "1.2.3.4:80", "a", ":", ":::", "1::2::3",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "[::1]", "::1.2.3",
            "1.2.3.4::",
            "::1.2.3.4:5", "1:", ":1", "::1:", "1:2:3:4:5:6:7:1.2.3.4", "unix", "localhost", "١.٢.٣.٤",
        ]
    )
    func none(text: String) {
        #expect(ClientNetwork(text) == nil)
    }
}
