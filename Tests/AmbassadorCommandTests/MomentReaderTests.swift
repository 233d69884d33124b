import AmbassadorCore
import Foundation
import Testing

@testable import ambassador

/// 30 November 2026, 09:00 in Berlin, which is one hour before UTC.
@Suite struct MomentReaderTests {
    private static func reader(zone: String = "Europe/Berlin") throws -> MomentReader {
        MomentReader(now: Timestamp(milliseconds: 1_796_025_600_000), zone: try #require(TimeZone(identifier: zone)))
    }

    @Test(
        "moments are read in the caller's zone",
        arguments: [
            ("24h", "2026-11-29T08:00:00.000Z"), ("1w", "2026-11-23T08:00:00.000Z"), ("2d", "2026-11-28T08:00:00.000Z"),
            ("1w2d3h", "2026-11-21T05:00:00.000Z"), ("90m", "2026-11-30T06:30:00.000Z"),
            ("now", "2026-11-30T08:00:00.000Z"),
            ("today", "2026-11-29T23:00:00.000Z"), ("yesterday", "2026-11-28T23:00:00.000Z"),
            ("today 08:15", "2026-11-30T07:15:00.000Z"), ("yesterday 14:05:30", "2026-11-29T13:05:30.000Z"),
            ("08:59", "2026-11-30T07:59:00.000Z"), ("08:59Z", "2026-11-29T08:59:00.000Z"),
            ("14:05", "2026-11-29T13:05:00.000Z"), ("2026-11-22", "2026-11-21T23:00:00.000Z"),
            ("2026-11-22T20:15:00Z", "2026-11-22T20:15:00.000Z"), ("2026-11-22T20:15:00.5", "2026-11-22T19:15:00.500Z"),
            ("2026-11-22 20:15-05:30", "2026-11-23T01:45:00.000Z"), ("2026-07-01 12:00", "2026-07-01T10:00:00.000Z"),
            ("2026-11-22T20:15+0100", "2026-11-22T19:15:00.000Z"),
        ]
    )
    func start(_ text: String, _ time: String) throws {
        #expect(try Self.reader().start(text).iso8601 == time)
    }

    @Test("an end may still be to come today")
    func end() throws {
        #expect(try Self.reader().end("14:05").iso8601 == "2026-11-30T13:05:00.000Z")
        #expect(try Self.reader().end("today").iso8601 == "2026-11-29T23:00:00.000Z")
    }

    @Test(
        "what is no time is refused with a hint",
        arguments: [
            "", " ", "tomorrow", "1y", "14", "14:5", "25:00", "14:60", "2026-02-30", "2026-13-01", "2026-11-22T",
            "today ",
            "2026-11-22T20:15:00+99:99", "2026-11-22 today", "T14:05", "w", "-1h", "2026-11-22T24:00", "١٤:٠٥",
        ]
    )
    func refused(_ text: String) throws {
        let error = #expect(throws: InvalidValue.self) { try Self.reader().start(text) }
        #expect(error?.reason.contains("write how long ago") == true)
    }

    @Test("headings are in the caller's zone, with its distance from UTC")
    func heading() throws {
        let reader = try Self.reader()
        let since = try reader.start("08:05")
        #expect(reader.heading(since: since, until: nil) == "since 2026-11-30 08:05 +01:00\n")
        let until = try reader.end("2026-07-01T00:00:30Z")
        #expect(reader.heading(since: nil, until: until) == "until 2026-07-01 02:00:30 +02:00\n")
        #expect(reader.heading(since: nil, until: nil) == "")
        #expect(try Self.reader(zone: "America/St_Johns").local(reader.now) == "2026-11-30 04:30 -03:30")
    }
}
