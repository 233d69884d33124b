import Testing

@testable import ambassador

@Suite struct ValueTests {
    @Test(
        "durations read and write as people do",
        arguments: [
            ("0s", 0, "0s"), ("500ms", 500, "500ms"), ("30s", 30_000, "30s"), ("10m", 600_000, "10m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("90m", 5_400_000, "1h30m"), ("7d", 604_800_000, "7d"), ("1d2h3m4s5ms", 93_784_005, "1d2h3m4s5ms"),
            ("0001s", 1000, "1s"),
        ] as [(String, Int64, String)]
    )
    func durations(_ text: String, _ milliseconds: Int64, _ formatted: String) throws {
        #expect(try DurationText.parse(text) == .milliseconds(milliseconds))
        #expect(DurationText.format(.milliseconds(milliseconds)) == formatted)
    }

    @Test(
        "sizes read and write as people do",
        arguments: [
            ("0B", 0, "0B"), ("1B", 1, "1B"), ("512KiB", 524_288, "512KiB"), ("64MiB", 67_108_864, "64MiB"),
            ("1MB", 1_000_000, "1MB"),
            ("1GiB", 1_073_741_824, "1GiB"), ("2kB", 2000, "2KB"), ("1025B", 1025, "1025B"),
            ("3TiB", 3_298_534_883_328, "3TiB"),
        ]
    )
    func sizes(_ text: String, _ bytes: Int, _ formatted: String) throws {
        #expect(try ByteCountText.parse(text) == bytes)
        #expect(ByteCountText.format(bytes) == formatted)
    }

    @Test(
        "prices are exact",
        arguments: [("0", 0), ("0.002", 2_000_000), ("0.00015", 150_000), ("12.000000001", 12_000_000_001)]
            as [(String, Int64)]
    )
    func prices(_ text: String, _ nanos: Int64) throws {
        #expect(try DecimalText.nanos(text) == nanos)
        #expect(DecimalText.format(nanos: nanos) == text)
    }

    @Test(
        "addresses read and write the same",
        arguments: ["127.0.0.1:8080", "[::1]:8080", "unix:/run/a.sock", "localhost:0"]
    )
    func addresses(_ text: String) throws {
        let address = try ListenAddress(text)
        #expect(address.description == text)
        #expect(address.isLocal)
    }

    @Test("a socket path of 107 bytes fits, one of 108 does not")
    func socketPath() throws {
        _ = try ListenAddress("unix:/" + String(repeating: "a", count: 106))
        #expect(throws: InvalidValue.self) { try ListenAddress("unix:/" + String(repeating: "a", count: 107)) }
    }

    @Test("a Redis URL's password is decoded for Redis and hidden from everybody else")
    func redis() throws {
        let url = try RedisURL("rediss://me:p%40ss@[::1]:6380/3")
        #expect(url.isTLS)
        #expect(url.endpoint == .tcp(host: "::1", port: 6380))
        #expect(url.user == "me")
        #expect(url.password?.value == "p@ss")
        #expect(url.database == 3)
        #expect(url.description == "rediss://me:***@[::1]:6380/3")
        #expect(try RedisURL("unix:/run/redis.sock?db=2").database == 2)
        #expect(try RedisURL("redis://h").description == "redis://h:6379/0")
    }

    @Test("a secret shows itself to no description, mirror or dump")
    func secret() {
        let secret = Secret("canary")
        var dumped = ""
        dump([secret], to: &dumped)
        #expect(![dumped, "\(secret)", String(reflecting: secret)].joined().contains("canary"))
    }
}
