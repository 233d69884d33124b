import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("The limiter admits a request by all limits or by none")
struct RateLimiterTests {
    private let clock = MockClock()
    private let registry = MetricRegistry()

    private func limiter(_ limits: RateLimit...) -> RateLimiter {
        RateLimiter(limits, metrics: self.registry, clocks: self.clock.clocks)
    }

    /// How many of many requests of one moment are admitted.
    private func admitted(
        _ limiter: RateLimiter,
        _ subject: LimitSubject,
        _ stage: LimitStage = .request
    ) -> Int {
        (0..<1000).count { _ in limiter.admits(subject, stage, at: self.clock.now) }
    }

    @Test("without limits everything is admitted and nothing is said")
    func none() throws {
        let admission = self.limiter().admit(try Limits.subject(), .request, at: self.clock.now)
        #expect(admission.isAdmitted && admission.parts.state == nil)
    }

    @Test("a burst passes, the next waits as long as it is told, rounded up")
    func burst() throws {
        let limiter = self.limiter(try Limits.limit(2, per: 5))
        let subject = try Limits.subject()
        let first = limiter.admit(subject, .request, at: self.clock.now).parts
        #expect(first.state?.remaining == 1 && first.state?.resetSeconds == 3)
        #expect(limiter.admits(subject, at: self.clock.now))
        let refused = limiter.admit(subject, .request, at: self.clock.now).parts
        #expect(refused.retryAfter == 3 && refused.state?.remaining == 0 && refused.state?.resetSeconds == 3)
        self.clock.advance(by: .milliseconds(2499))
        #expect(limiter.admit(subject, .request, at: self.clock.now).parts.retryAfter == 1)
        self.clock.advance(by: .milliseconds(1))
        #expect(limiter.admits(subject, at: self.clock.now))
        #expect(!limiter.admits(subject, at: self.clock.now))
    }

    @Test(
        "what a limit counts by has a bucket of its own, and nothing else has",
        arguments: [
            ([], 10), ([.tenant], 20), ([.principal], 40), ([.tenant, .principal], 40), ([.flow], 20), ([.address], 20),
            ([.tenant, .principal, .flow, .address], 160),
        ] as [(Set<LimitDimension>, Int)]
    )
    func dimensions(by: Set<LimitDimension>, expected: Int) throws {
        let limiter = self.limiter(try Limits.limit(by: by, 10))
        var admitted = 0
        for tenant in ["acme", "beta"] {
            for principal in ["ann", "bob"] {
                for flow in ["faq", "sum"] {
                    for address in ["192.0.2.1", "192.0.2.2"] {
                        let subject = try Limits.subject(tenant, principal: principal, flow: flow, address: address)
                        admitted += self.admitted(limiter, subject)
                    }
                }
            }
        }
        #expect(admitted == expected)
    }

    @Test("an IPv6 customer has one bucket, and so have all of whom no address is known")
    func addresses() throws {
        let limiter = self.limiter(try Limits.limit(by: [.address], 10))
        #expect(self.admitted(limiter, try Limits.subject(address: "2001:db8::1")) == 10)
        #expect(self.admitted(limiter, try Limits.subject("beta", address: "2001:db8::2:3")) == 0)
        #expect(self.admitted(limiter, try Limits.subject(address: "2001:db8:0:1::1")) == 10)
        #expect(self.admitted(limiter, try Limits.subject(address: nil)) == 10)
        #expect(self.admitted(limiter, try Limits.subject(address: "unix")) == 0)
    }

    @Test("a limit on some flows leaves the others alone")
    func flows() throws {
        let limiter = self.limiter(try Limits.limit(10, flows: ["faq_*", "sum"]))
        #expect(self.admitted(limiter, try Limits.subject(flow: "faq_qa")) == 10)
        #expect(self.admitted(limiter, try Limits.subject(flow: "sum")) == 0)
        #expect(self.admitted(limiter, try Limits.subject(flow: "other")) == 1000)
        #expect(self.admitted(limiter, try Limits.subject(flow: nil)) == 1000)
    }

    @Test("a limit on calls to LangFlow is asked there alone")
    func stages() throws {
        let limiter = self.limiter(try Limits.limit(10, stage: .upstreamCall))
        #expect(!limiter.hasLimits(at: .request) && limiter.hasLimits(at: .upstreamCall))
        #expect(self.admitted(limiter, try Limits.subject()) == 1000)
        #expect(self.admitted(limiter, try Limits.subject(), .upstreamCall) == 10)
    }

    @Test("where one limit refuses, the others keep their tokens", arguments: [false, true])
    func allOrNothing(isReversed: Bool) throws {
        let wide = try Limits.limit("wide", by: [], 50)
        let narrow = try Limits.limit("narrow", by: [.tenant], 10)
        let limiter = isReversed ? self.limiter(narrow, wide) : self.limiter(wide, narrow)
        #expect(self.admitted(limiter, try Limits.subject("a1")) == 10)
        #expect(self.admitted(limiter, try Limits.subject("a2")) == 10)
        #expect(self.admitted(limiter, try Limits.subject("a3")) == 10)
        #expect(self.admitted(limiter, try Limits.subject("a4")) == 10)
        // Only if nothing was lost on the refused ones are there ten left.
        #expect(self.admitted(limiter, try Limits.subject("a5")) == 10)
        #expect(self.admitted(limiter, try Limits.subject("a6")) == 0)
    }

    @Test("the tightest limit speaks for an admitted request, the longest wait for a refused one")
    func speaks() throws {
        let limiter = self.limiter(
            try Limits.limit("second", by: [], 3),
            try Limits.limit("minute", by: [], 5, per: 60),
            try Limits.limit("hour", by: [], 6, per: 3600)
        )
        let subject = try Limits.subject()
        func said() -> String {
            let parts = limiter.admit(subject, .request, at: self.clock.now).parts
            return "\(parts.state?.policy.name ?? "nobody") \(parts.retryAfter ?? 0)"
        }
        #expect(said() == "second 0")
        #expect(said() == "second 0")
        #expect(said() == "second 0")
        #expect(said() == "second 1")
        self.clock.advance(by: .seconds(1))
        #expect(said() == "minute 0")
        #expect(said() == "minute 0")
        #expect(said() == "minute 11")
        self.clock.advance(by: .seconds(11))
        #expect(said() == "hour 0")
        #expect(said() == "hour 588")
    }

    @Test("refusals are counted for the limit that spoke")
    func metrics() throws {
        let limiter = self.limiter(try Limits.limit("a", 1), try Limits.limit("b", by: [], 1000))
        _ = self.admitted(limiter, try Limits.subject())
        let text = String(buffer: PrometheusText.render(self.registry))
        #expect(text.contains("ambassador_limit_refusals_total{limit=\"a\"} 999\n"))
        #expect(text.contains("ambassador_limit_refusals_total{limit=\"b\"} 0\n"))
        #expect(text.contains("ambassador_limit_buckets{limit=\"a\"} 1\n"))
    }
}
