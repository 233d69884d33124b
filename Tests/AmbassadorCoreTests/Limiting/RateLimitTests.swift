import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("A limit says what is wrong with it")
struct RateLimitTests {
    @Test("names are short and plain", arguments: ["", "Per", "a b", "ä", "a\"", String(repeating: "a", count: 65)])
    func names(name: String) {
        #expect(throws: InvalidValue.self) { try Limits.limit(name) }
    }

    @Test(
        "numbers out of range are refused",
        arguments: [(0, 1, nil), (1_000_001, 1, nil), (1, 0, nil), (1, 86_401, nil), (1, 1, 0), (1, 1, 1_000_001)]
            as [(Int, Int, Int?)]
    )
    func numbers(count: Int, seconds: Int, burst: Int?) {
        #expect(throws: InvalidValue.self) { try Limits.limit(count, per: seconds, burst: burst) }
    }

    @Test("a burst that would take years to come back is refused")
    func slow() throws {
        #expect(throws: InvalidValue.self) { try Limits.limit(1, per: 86_400, burst: 1_000_000) }
        #expect(try Limits.limit(1, per: 86_400, burst: 100_000).burst == 100_000)
        #expect(try Limits.limit(1_000_000, per: 86_400).burst == 1_000_000)
    }

    @Test("the burst is the rate's count unless it is set")
    func burst() throws {
        #expect(try Limits.limit(30, per: 60).burst == 30)
        #expect(try Limits.limit(30, per: 60, burst: 5).burst == 5)
    }

    @Test(
        "the quota is what can be left, and the window the time in which as much comes",
        arguments: [
            (100, 1, nil, "q=100;w=1"), (10, 60, 50, "q=50;w=300"), (10, 60, 3, "q=3;w=18"), (7, 1, 10, "q=10;w=2"),
            (1_000_000, 1, 1, "q=1;w=1"),
        ] as [(Int, Int, Int?, String)]
    )
    func policy(count: Int, seconds: Int, burst: Int?, expected: String) throws {
        let rate = try Rate(count: count, periodSeconds: seconds)
        let limit = try RateLimit(name: "a", by: [.tenant], rate: rate, burst: burst)
        #expect(LimitPolicy(limit).headerValue == "\"a\";\(expected)")
    }

    @Test(
        "headers are the structured fields of the draft",
        arguments: [
            (0, 0, "\"per_tenant\";r=0;t=0"), (50, 1, "\"per_tenant\";r=50;t=1"),
            (1_000_000, 86_400, "\"per_tenant\";r=1000000;t=86400"), (10, 9, "\"per_tenant\";r=10;t=9"),
        ]
    )
    func headers(remaining: Int, reset: Int, expected: String) throws {
        let policy = LimitPolicy(try Limits.limit())
        #expect(policy.headerValue == "\"per_tenant\";q=100;w=1")
        let state = LimitState(policy: policy, remaining: remaining, resetSeconds: reset)
        #expect(state.headerValue == expected)
        var buffer = ByteBuffer()
        buffer.writeASCII(atMost: state.headerValueBytesMax) { state.writeHeaderValue(into: &$0) }
        #expect(String(buffer: buffer) == expected)
    }

    @Test(
        "seconds are rounded up",
        arguments: [(0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (.max, 18_446_744_073_710)]
            as [(UInt64, Int)]
    )
    func seconds(microseconds: UInt64, expected: Int) {
        #expect(wholeSeconds(microseconds: microseconds) == expected)
    }
}
