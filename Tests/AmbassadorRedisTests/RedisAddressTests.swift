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
            ("", "is not a URL"), ("http://h", "is not a URL"), ("REDIS://h", "is not a URL"),
            ("h:6379", "is not a URL"),
            ("redis://", "names no host"), ("redis://:p@", "names no host"), ("redis://:80", "names no host"),
            ("redis://h h", "has no valid host"),
            ("redis://h\r\n", "has no valid host"), ("redis://[::1", "has a [ without its ]"),
            ("redis://h:", "has no port"),
            ("redis://h:0", "has no port"), ("redis://h:65536", "has no port"), ("redis://h:+1", "has no port"),
            ("redis://[::1]x", "has no port"), ("redis://h/x", "has no database"), ("redis://h/-1", "has no database"),
            ("redis://h/65536", "has no database"), ("redis://:%4@h", "has a user, password or path"),
            ("redis://:%FF@h", "has a user, password or path"), ("redis://u@h", "has an @ but no password"),
            ("redis://u:@h", "has an @ but no password"),
            ("redis://h?x=1", "has a query"), ("unix:", "does not name an absolute path"),
            ("unix:relative", "does not name an absolute path"),
            ("unix:/s?x=1", "has a query"), ("unix:/s?db=", "has no database"),
            ("unix:/s%00", "has a control character"),
            ("redis://2130706433", "has no valid host"),
        ]
    )
    func invalid(url: String, reason: String) throws {
        let error = try #require(throws: InvalidValue.self) { try RedisAddress(url) }
        #expect(error.reason.hasPrefix(reason), "\(error)")
    }

    @Test(
        "the description reads back as the same address, but for the password",
        arguments: [
            ("redis://h", "redis://h:6379/0"), ("rediss://u:p@H:1/2", "rediss://u:***@h:1/2"),
            ("redis://:p@[::1]:7", "redis://:***@[::1]:7/0"), ("redis://a%40b:p@h", "redis://a%40b:***@h:6379/0"),
            ("unix:/run/r.sock", "unix:/run/r.sock"), ("unix:///run/r%20s%3f?db=4", "unix:/run/r%20s%3f?db=4"),
            ("redis+unix://u:p@/run/s", "redis+unix://u:***@/run/s"),
        ]
    )
    func description(url: String, description: String) throws {
        let address = try RedisAddress(url)
        #expect(address.description == description)
        let again = try RedisAddress(description)
        #expect(again.endpoint == address.endpoint && again.user == address.user)
        #expect(again.database == address.database)
    }

    @Test("no password is shown, in no description, dump or error")
    func secrecy() throws {
        let configuration = RedisConfiguration(address: try RedisAddress("redis://u:hunter2@h"))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
        }
        for url in ["redis://u:hunter2@h:x", "redis://u:hunter2%@h", "redis://u:hunter2", "hunter2"] {
            let error = try #require(throws: InvalidValue.self) { try RedisAddress(url) }
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test("settings out of range are refused by name")
    func ranges() throws {
        var configuration = RedisConfiguration(address: try RedisAddress("redis://h"))
        try configuration.validate()
        configuration.connections = 0
        #expect(throws: RedisConfigurationError.outOfRange("connections")) { try configuration.validate() }
        configuration.connections = 1
        configuration.secret = Secret("short")
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
