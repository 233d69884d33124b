import AmbassadorCore
import NIOHTTP1
import Testing

@testable import AmbassadorHTTP

/// What an answer's fields say of its freshness, to a cache that never revalidates.
@Suite struct AnswerFreshnessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let fields: [String]
        var lifetime: Int?
        var age: Int?
        var forbidsStale = false
        var degradation: Response.Degradation?

        var testDescription: String { self.fields.joined(separator: " | ") }
    }

    /// 1994-11-06 08:49:37 UTC.
    private static let now = Timestamp(milliseconds: 784_111_777_000)

    private static func says(_ lifetime: Int?, _ fields: String...) -> Case {
        Case(fields: fields, lifetime: lifetime)
    }

    private static func forbids(_ lifetime: Int?, _ fields: String...) -> Case {
        Case(fields: fields, lifetime: lifetime, forbidsStale: true)
    }

    private static func aged(_ age: Int?, _ fields: String...) -> Case {
        Case(fields: fields, age: age)
    }

    private static func degraded(_ degradation: Response.Degradation?, _ fields: String...) -> Case {
        Case(fields: fields, lifetime: 0, degradation: degradation)
    }

    static let lifetimes: [Case] = [
        says(nil), says(nil, "Cache-Control: public"), says(60, "Cache-Control: max-age=60"),
        forbids(5, "Cache-Control: max-age=60, s-maxage=5"), forbids(90, "Cache-Control: s-maxage=90, max-age=60"),
        forbids(5, "Cache-Control: s-maxage=9, s-maxage=5"), says(0, "Cache-Control: max-age=0"),
        says(2_147_483_648, "Cache-Control: max-age=99999999999"), says(0, "Cache-Control: max-age=-1"),
        says(0, "Cache-Control: max-age=\"3600\""), says(0, "Cache-Control: max-age=1.5"),
        forbids(nil, "Cache-Control: must-revalidate"), forbids(60, "Cache-Control: max-age=60, Must-Revalidate"),
        forbids(60, "Cache-Control: max-age=60", "Cache-Control: proxy-revalidate"),
        forbids(0, "Cache-Control: no-cache"), forbids(0, "Cache-Control: no-cache=\"Set-Cookie\", max-age=60"),
        says(0, "Cache-Control: no-store"), says(0, "Cache-Control: private, max-age=60"),
        says(nil, "Cache-Control: immutable, stale-if-error=60, must-understand"),
        says(0, "Vary: *", "Cache-Control: max-age=60"), says(60, "Vary: Origin", "Cache-Control: max-age=60"),
        // Expires counts where there is no max-age.
        says(3600, "Expires: Sun, 06 Nov 1994 09:49:37 GMT"),
        says(60, "Expires: Sun, 06 Nov 1994 09:49:37 GMT", "Date: Sun, 06 Nov 1994 09:48:37 GMT"),
        says(3600, "Expires: Sunday, 06-Nov-94 09:49:37 GMT"), says(3600, "Expires: Sun Nov  6 09:49:37 1994"),
        says(0, "Expires: Sun, 06 Nov 1994 07:49:37 GMT"), says(0, "Expires: 0"), says(0, "Expires: -1"),
        says(0, "Expires: "), says(0, "Expires: Sun, 06 Nov 1994 9:49:37 GMT"),
        says(0, "Expires: Sun, 06 Nov 1994 09:49:37 UTC"), says(0, "Expires: Sun, 06 Foo 1994 09:49:37 GMT"),
        says(0, "Expires: Sun, 32 Nov 1994 09:49:37 GMT"), says(0, "Expires: Sun, 06 Nov 1994 24:49:37 GMT"),
        says(0, "Expires: Sun, 06 Nov 1994 09:49:37 GMT", "Expires: Sun, 06 Nov 1994 09:49:37 GMT"),
        says(2_147_483_648, "Expires: Fri, 31 Dec 9999 23:59:59 GMT"),
        says(60, "Expires: 0", "Cache-Control: max-age=60"),
        forbids(60, "Expires: 0", "Cache-Control: s-maxage=60"), says(0, "Expires: 0", "Cache-Control: public"),
        Case(fields: ["Expires: 0", "Cache-Control: must-revalidate"], lifetime: 0, forbidsStale: true),
    ]

    static let ages: [Case] = [
        aged(7200, "Age: 7200"), aged(0, "Age: 0"), aged(2_147_483_648, "Age: 99999999999"), aged(nil, "Age: -1"),
        aged(nil, "Age: 1.5"), aged(nil, "Age: abc"), aged(nil, "Age: "), aged(7, "Age: 7, 9"),
        aged(7, "Age: 7", "Age: 9"), aged(nil, "Age: \"7\""), aged(7, "Age:   7  "), aged(nil, "Age: 7;a=b"),
        Case(fields: ["Age: 7200", "Cache-Control: max-age=3600"], lifetime: 3600, age: 7200),
    ]

    static let caches: [Case] = [
        degraded(.fallback, "X-Ambassador-Degraded: fallback"), degraded(.stale, "X-Ambassador-Degraded: stale"),
        degraded(.stale, "X-Ambassador-Degraded: otherwise", "Cache-Control: max-age=60"),
        degraded(.fallback, "Cache-Status: ambassador; fwd=miss; fwd-status=503; detail=fallback"),
        degraded(.stale, "Cache-Status: ambassador; hit; ttl=-412; detail=degraded"),
        degraded(.stale, "Cache-Status: ambassador; fwd=stale; fwd-status=503; detail=degraded"),
        degraded(.stale, "Cache-Status: Edge; hit, ambassador; fwd=stale; fwd-status=504; detail=degraded"),
        degraded(.stale, "Cache-Status: nginx; fwd=stale; fwd-status=502; collapsed"),
        degraded(nil, "Cache-Status: ambassador; hit; ttl=-3; detail=memory"),
        degraded(nil, "Cache-Status: ambassador; hit; ttl=30", "Cache-Status: edge; hit; ttl=-1"),
        says(nil, "Cache-Status: ambassador; hit; ttl=3512; detail=memory"),
        says(nil, "Cache-Status: ambassador; fwd=miss; stored"), says(nil, "Cache-Status: edge; detail=degraded"),
        says(nil, "Cache-Status: edge; fwd=miss; fwd-status=200"),
        says(nil, "Cache-Status: ,;=;ttl;\"a"),
    ]

    @Test(
        "its fields say how long it lives, how old it is, and whether it may be served stale",
        arguments: lifetimes + ages + caches
    )
    func fields(item: Case) {
        var fields = HTTPHeaders()
        for line in item.fields {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            fields.add(name: parts[0], value: String(parts[1].drop { $0 == " " }))
        }
        let freshness = AnswerFreshness(fields, receivedAt: Self.now)
        #expect(freshness.lifetimeMax == item.lifetime.map { .seconds($0) })
        #expect(freshness.age == item.age.map { .seconds($0) })
        #expect(freshness.forbidsStale == item.forbidsStale)
        #expect(freshness.degradation == item.degradation)
    }

    @Test(
        "Retry-After is a number of seconds or a date, and nothing else",
        arguments: [
            ("7", 7), ("0", nil), ("86401", 86_400), ("999999999999", 86_400), ("-1", nil), ("1.5", nil), ("soon", nil),
            ("", nil), ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 07:49:37 GMT", nil),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ] as [(String, Int?)]
    )
    func retryAfter(value: String, seconds: Int?) {
        #expect(RetryAfter.seconds([value], receivedAt: Self.now) == seconds)
        #expect(RetryAfter.seconds([], receivedAt: Self.now) == nil)
    }

    @Test("dates are counted right over centuries and leap years")
    func dates() {
        #expect(HTTPDate.seconds(of: "Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(HTTPDate.seconds(of: "Tue, 29 Feb 2000 12:00:00 GMT") == 951_825_600)
        #expect(HTTPDate.seconds(of: "Wed, 31 Dec 1969 23:59:59 GMT") == -1)
        #expect(HTTPDate.seconds(of: "Fri, 31 Dec 9999 23:59:59 GMT") == 253_402_300_799)
    }
}
