import AmbassadorCore
import NIOCore
import Testing

@testable import AmbassadorRedis

@Suite struct RedisAddressTests {
    @Test(
        "addresses are read",
        arguments: [
            ("redis://h", .tcp(host: "h", port: 6379, isEncrypted: false), nil, nil, 0),
            ("redis://h:1/2", .tcp(host: "h", port: 1, isEncrypted: false), nil, nil, 2),
            ("rediss://u:p@h.example:65535/", .tcp(host: "h.example", port: 65_535, isEncrypted: true), "u", "p", 0),
            ("redis://:p%40%2F@[::1]:7/15", .tcp(host: "::1", port: 7, isEncrypted: false), nil, "p@/", 15),
            ("redis://u:a@b/c@h", .tcp(host: "h", port: 6379, isEncrypted: false), "u", "a@b/c", 0),
            ("unix:/run/redis.sock", .unix(path: "/run/redis.sock"), nil, nil, 0),
            ("unix:///run/r%20s?db=4", .unix(path: "/run/r s"), nil, nil, 4),
            ("redis+unix://:p@/run/s?db=1", .unix(path: "/run/s"), nil, "p", 1),
        ] as [(String, RedisAddress.Endpoint, String?, String?, Int)]
    )
    func valid(url: String, endpoint: RedisAddress.Endpoint, user: String?, password: String?, database: Int) throws {
        let address = try RedisAddress(url)
        #expect(address.endpoint == endpoint)
        #expect(address.user == user)
        #expect(address.password?.revealed == password)
        #expect(address.database == database)
    }

    @Test(
        "what is no address is refused",
        arguments: [
            ("", .unknownScheme), ("http://h", .unknownScheme), ("REDIS://h", .unknownScheme),
            ("h:6379", .unknownScheme),
            ("redis://", .emptyHost), ("redis://:p@", .emptyHost), ("redis://:80", .emptyHost),
            ("redis://h h", .invalidHost),
            ("redis://h\r\n", .invalidHost), ("redis://[::1", .invalidHost), ("redis://h:", .invalidPort),
            ("redis://h:0", .invalidPort), ("redis://h:65536", .invalidPort), ("redis://h:+1", .invalidPort),
            ("redis://[::1]x", .invalidPort), ("redis://h/x", .invalidDatabase), ("redis://h/-1", .invalidDatabase),
            ("redis://h/65536", .invalidDatabase), ("redis://:%4@h", .invalidPercentEncoding),
            ("redis://:%FF@h", .invalidPercentEncoding), ("redis://u@h", .emptyPassword),
            ("redis://u:@h", .emptyPassword),
            ("redis://h?x=1", .unknownOption), ("unix:", .invalidSocketPath), ("unix:relative", .invalidSocketPath),
            ("unix:/s?x=1", .unknownOption), ("unix:/s?db=", .invalidDatabase), ("unix:/s%00", .invalidSocketPath),
        ] as [(String, RedisURLError)]
    )
    func invalid(url: String, error: RedisURLError) {
        #expect(throws: error) { try RedisAddress(url) }
    }

    @Test("no password is shown, in no description, dump or error")
    func secrecy() throws {
        let configuration = RedisConfiguration(address: try RedisAddress("redis://u:hunter2@h"))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(throws: RedisURLError.invalidPort) { try RedisAddress("redis://u:hunter2@h:x") }
        #expect(!RedisURLError.invalidPort.description.contains("hunter2"))
    }

    @Test("settings out of range are refused by name")
    func ranges() throws {
        var configuration = RedisConfiguration(address: try RedisAddress("redis://h"))
        try configuration.validate()
        configuration.connections = 0
        #expect(throws: RedisConfigurationError.outOfRange("connections")) { try configuration.validate() }
        configuration.connections = 1
        configuration.secret = RedisSecret("short")
        #expect(throws: RedisConfigurationError.secretTooShort) { try configuration.validate() }
    }

    @Test(
        "only plain prefixes are taken",
        arguments: [
            ("ambassador", true), ("a.b_c:d-1", true), ("", false), ("a*", false), ("a b", false), ("\u{E9}", false),
            (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
        ]
    )
    func prefixes(prefix: String, isTaken: Bool) {
        #expect((RedisKeySpace(prefix: prefix) != nil) == isTaken)
    }

    @Test("names hold the prefix and hashes alone, and are told from those of a longer prefix")
    func names() throws {
        let key = try Samples.key()
        let short = try #require(RedisKeySpace(prefix: "a"))
        let long = try #require(RedisKeySpace(prefix: "a:1"))
        #expect(String(buffer: short.name(of: key)) == "a:1:\(key.scope):\(key.input)")
        #expect(short.contains(short.name(of: key)))
        #expect(!short.contains(long.name(of: key)))
        #expect(String(buffer: short.pattern) == "a:1:*")
    }
}
