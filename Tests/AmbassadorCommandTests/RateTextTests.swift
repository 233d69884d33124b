import AmbassadorCore
import Testing

@testable import ambassador

@Suite struct RateTextTests {
    @Test(
        "rates read and write as people do",
        arguments: [
            ("100/s", 100, 1, "100/s"), ("30/m", 30, 60, "30/m"), ("1000/h", 1000, 3600, "1000/h"),
            ("5/10s", 5, 10, "5/10s"), ("1/d", 1, 86_400, "1/d"), ("7/60s", 7, 60, "7/m"), ("7/90m", 7, 5400, "7/90m"),
            ("7/24h", 7, 86_400, "7/d"), ("1000000/1s", 1_000_000, 1, "1000000/s"), ("007/02s", 7, 2, "7/2s"),
        ]
    )
    func rates(_ text: String, _ count: Int, _ seconds: Int, _ formatted: String) throws {
        let rate = try RateText.parse(text)
        #expect(rate.count == count && rate.periodSeconds == seconds)
        #expect(RateText.format(rate) == formatted)
        #expect(try RateText.parse(formatted) == rate)
    }

    @Test(
        "what is no rate says why",
        arguments: [
            ("", "is empty"), ("100", "is not a rate"), ("/s", "is not a rate"), ("100/", "has no unit"),
            ("100/s/s", "is not a rate"), ("-1/s", "is not a rate"), ("1.5/s", "is not a rate"),
            ("100/10", "has no unit"), ("100/ms", "has an unknown unit"), ("100/S", "has an unknown unit"),
            ("100 /s", "is not a rate"), ("100/ s", "has an unknown unit"), ("100/s ", "has an unknown unit"),
            ("0/s", "is not a rate of 1"), ("1000001/s", "is not a rate of 1"), ("1/0s", "has a period"),
            ("1/2d", "has a period"), ("9999999999/s", "is not a rate"), ("1/9999999999s", "is not a rate"),
            ("1/999999999d", "has a period"), ("١/s", "is not a rate"), ("100\r\n/s", "is not a rate"),
        ]
    )
    func errors(_ text: String, _ reason: String) {
        let error = #expect(throws: InvalidValue.self) { try RateText.parse(text) }
        #expect(error?.reason.hasPrefix(reason) == true)
    }
}
