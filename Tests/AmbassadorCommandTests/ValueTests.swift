import AmbassadorCore
import AmbassadorHTTP
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
        "only loopback addresses and sockets are local",
        arguments: [
            ("127.0.0.1:8080", true), ("127.9.9.9:1", true), ("[::1]:8080", true), ("[::ffff:127.0.0.1]:1", true),
            ("unix:/run/a.sock", true), ("localhost:0", true), ("0.0.0.0:1", false), ("[::]:1", false),
            ("192.0.2.1:1", false), ("localhost.example:1", false),
        ]
    )
    func locality(_ text: String, _ isLocal: Bool) throws {
        #expect(try ListenAddress(text).isLocal == isLocal)
    }

    @Test(
        "listeners collide on one port of one host or of this host, and on one socket",
        arguments: [
            ("127.0.0.1:1", "127.0.0.1:1", true), ("127.0.0.1:1", "localhost:1", true),
            ("[::1]:1", "localhost:1", true),
            ("a:1", "a:1", true), ("a:1", "b:1", false), ("127.0.0.1:1", "127.0.0.1:2", false),
            ("127.0.0.1:0", "127.0.0.1:0", false), ("unix:/a", "unix:/a", true), ("unix:/a", "unix:/b", false),
            ("unix:/\u{E9}", "unix:/e\u{301}", false), ("unix:/a", "a:1", false),
        ]
    )
    func collisions(_ left: String, _ right: String, _ collides: Bool) throws {
        #expect(try ListenAddress(left).collides(with: ListenAddress(right)) == collides)
    }
}
