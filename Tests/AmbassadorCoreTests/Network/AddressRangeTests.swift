import AmbassadorCore
import NIOCore
import Testing

@Suite("Address ranges") struct AddressRangeTests {
    @Test(
        "an address is in a range by its first bits",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "9.255.255.255", false),
            ("192.168.4.0/22", "192.168.7.255", true), ("192.168.4.0/22", "192.168.8.0", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false), ("127.0.0.1/32", "127.0.0.1", true), ("0.0.0.0/0", "203.0.113.9", true),
            ("128.0.0.0/1", "200.0.0.1", true), ("128.0.0.0/1", "127.0.0.1", false), ("0.0.0.0/0", "::1", false),
            ("::/0", "fe80::1", true), ("::/0", "10.0.0.1", false), ("::1", "::1", true), ("::1", "::2", false),
            ("fd00::/8", "fd12:3456::1", true), ("fd00::/8", "fe00::1", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
        ]
    )
    func contains(range: String, address: String, isIn: Bool) throws {
        #expect(try AddressRange(range).contains(SocketAddress(ipAddress: address, port: 1)) == isIn)
    }

    @Test("an IPv4 address that is mapped into IPv6 is an IPv4 address, in a range and as a caller's")
    func mapped() throws {
        let caller = try SocketAddress(ipAddress: "::ffff:10.1.2.3", port: 1)
        #expect(try AddressRange("10.0.0.0/8").contains(caller))
        #expect(try AddressRange("::ffff:10.0.0.0/104").contains(caller))
        #expect(try AddressRange("::ffff:10.0.0.0/104").contains(SocketAddress(ipAddress: "10.1.2.3", port: 1)))
        #expect(try AddressRange("::ffff:10.0.0.0/104") == AddressRange("10.0.0.0/8"))
        #expect(try !AddressRange("::/0").contains(caller))
        #expect(try !AddressRange("11.0.0.0/8").contains(caller))
    }

    @Test("the address of a Unix socket is in no range")
    func unix() throws {
        let address = try SocketAddress(unixDomainSocketPath: "/tmp/a")
        #expect(try !AddressRange("0.0.0.0/0").contains(address))
        #expect(try !AddressRange("::/0").contains(address))
    }

    @Test(
        "what is no range is refused",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
            "10.0.0.0/ 8",
            " 10.0.0.0/8", "10.0.0.0/8 ", "10.0.0/8", "10/8", "10.0.0.256", "010.0.0.0/8", "0x0a.0.0.0/8", "167772160",
            "10.0.0.1/8",
            "192.168.5.0/22", "::1/127", "fd00::1/8", "::/129", "::1%lo", "fe80::1%1/64", "[::1]", "localhost",
            "example.com/8", "*",
            "10.0.0.0/255.0.0.0", "10.0.0.0-10.0.0.9", "１0.0.0.0/8", "10.0.0.0/８", "::ffff:10.0.0.0/95",
            "10.0.0.0/8\u{0}",
        ]
    )
    func invalid(text: String) {
        #expect(throws: InvalidValue.self) { try AddressRange(text) }
    }

    @Test(
        "a range is shown as it would be written",
        arguments: ["10.0.0.0/8", "::1/128", "fd00::/8", "0.0.0.0/0", "127.0.0.1/32"]
    )
    func description(text: String) throws {
        #expect(try AddressRange(text).description == text)
    }
}
