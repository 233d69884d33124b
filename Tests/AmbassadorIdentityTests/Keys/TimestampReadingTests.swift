import AmbassadorCore
import Testing

@testable import AmbassadorIdentity

@Suite("Times of the key file")
struct TimestampReadingTests {
    @Test("what is written reads back, over two thousand years")
    func roundTrip() {
        for step in -10_000...10_000 as ClosedRange<Int64> {
            let time = Timestamp(milliseconds: step * 3_155_760_123)
            #expect(Timestamp(rfc3339: Array(time.iso8601.utf8)) == time, "\(time.iso8601)")
        }
    }

    @Test(
        "known moments",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00.000Z", 1_767_225_600_000),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ] as [(String, Int64)]
    )
    func known(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(rfc3339: Array(text.utf8)) == Timestamp(milliseconds: milliseconds))
    }

    @Test(
        "what no calendar has, and every other spelling, is refused",
        arguments: [
            "", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
            "2026-01-01 00:00:00Z", "2026-01-01t00:00:00z", "2026-01-01T00:00:00.12Z", "2026-01-01T00:00:00+00:00",
            "2026-01-01T00:00:00,000Z", "+026-01-01T00:00:00Z", "2026-01-01", "2026-1-01T00:00:00.0Z",
        ]
    )
    func refused(_ text: String) {
        #expect(Timestamp(rfc3339: Array(text.utf8)) == nil)
    }
}
