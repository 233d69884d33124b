import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("Limits and budgets of the pipeline")
struct LimitsTests {
    @Test("hits count towards a limit on requests; who is over it is told when to come again")
    func requests() async throws {
        let limit = try RateLimit(name: "per_tenant", by: [.tenant], rate: Rate(count: 3, periodSeconds: 60))
        let harness = Harness(flows: ["faq": .cached()], limits: [limit])
        var statuses: [Int] = []
        var states: [Int?] = []
        for _ in 0..<5 {
            let response = await harness.ask("q", tenant: "acme")
            statuses.append(response.status)
            states.append(response.limit?.remaining)
        }
        #expect(statuses == [200, 200, 200, 429, 429])
        #expect(states == [2, 1, 0, 0, 0])
        #expect(await harness.ask("q", tenant: "globex").status == 200)
        let refused = await harness.ask("q", tenant: "acme")
        #expect(refused.retryAfterSeconds == 20)
        #expect(harness.audit.records.last?.errorKind == .rateLimited)
        #expect(harness.audit.records.last?.outcome == .refused)
        // Of a refused request the audit log keeps no text.
        #expect(harness.audit.records.map { $0.input != nil } == [true, true, true, false, false, true, false])
        harness.clock.advance(by: .seconds(20))
        #expect(await harness.ask("q", tenant: "acme").status == 200)
    }

    @Test("a limit on calls lets hits through, and gives a stale answer rather than none")
    func calls() async throws {
        let limit = try RateLimit(
            name: "calls",
            by: [.tenant],
            rate: Rate(count: 1, periodSeconds: 3600),
            stage: .upstreamCall
        )
        let harness = Harness(
            flows: ["faq": .cached(staleIfError: .seconds(3600))],
            limits: [limit]
        )
        for _ in 0..<4 { #expect(await harness.ask("q").status == 200) }
        let refused = await harness.ask("another")
        #expect(refused.status == 429)
        #expect(refused.retryAfterSeconds == 3600)
        harness.clock.advance(by: .seconds(120))
        let stale = await harness.ask("q")
        #expect(stale.status == 200)
        #expect(stale.degradation == .stale)
        #expect(harness.upstream.calls.count == 1)
        #expect(harness.audit.records.map(\.outcome) == [.miss, .hit, .hit, .hit, .refused, .degraded])
    }

    @Test("a tenant's budget ends its calls until midnight, and nobody else's")
    func budgets() async throws {
        let acme = try #require(TenantID("acme".utf8))
        let harness = Harness(flows: ["faq": .cached()], budgets: [acme: try Budget(requestsPerDay: 2)])
        for question in ["a", "b"] { #expect(await harness.ask(question, tenant: "acme").status == 200) }
        let refused = await harness.ask("c", tenant: "acme")
        #expect(refused.status == 429)
        #expect((1...86_400).contains(refused.retryAfterSeconds ?? 0))
        #expect(harness.audit.records.last?.errorKind == .budgetExhausted)
        #expect(await harness.ask("a", tenant: "acme").status == 200)
        #expect(await harness.ask("c", tenant: "globex").status == 200)
        harness.clock.advance(by: .seconds(86_400))
        #expect(await harness.ask("c", tenant: "acme").status == 200)
    }

    @Test("a call that failed counts towards the budget of requests")
    func failedCalls() async throws {
        let harness = Harness(flows: ["faq": .cached()], budgets: [.default: try Budget(requestsPerDay: 1)])
        harness.upstream.follow(ScriptedUpstream.status(500, "{}"))
        #expect(await harness.ask("a").status == 500)
        #expect(await harness.ask("b").status == 429)
    }

    @Test("what was never sent counts towards no budget and no limit")
    func neverSent() async throws {
        let limit = try RateLimit(
            name: "calls",
            by: [.tenant],
            rate: Rate(count: 1, periodSeconds: 3600),
            stage: .upstreamCall
        )
        var breaker = CircuitBreakerSettings()
        breaker.consecutiveFailures = 100
        breaker.minimumCalls = 100
        let harness = Harness(
            flows: ["faq": .cached()],
            limits: [limit],
            budgets: [.default: try Budget(requestsPerDay: 1)],
            breaker: breaker
        )
        for error in [UpstreamError.unreachable(UpstreamCause(.refused)), .noResources] {
            harness.upstream.follow(ScriptedUpstream.failing(error))
            for number in 0..<3 { #expect(await harness.ask("a\(number)").status == 503) }
        }
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("b").status == 200)
        #expect(await harness.ask("c").status == 429)
    }

    @Test("what was sent is charged, though no answer came", arguments: [true, false])
    func unanswered(wantsStream: Bool) async throws {
        let priced = FlowSettings.cached { $0.price.nanosPerCall = 5 }
        let harness = Harness(
            flows: ["faq": priced],
            budgets: [.default: try Budget(costNanosPerDay: 9)]
        )
        for error in [UpstreamError.timeout, .connectionLost(UpstreamCause(.closed))] {
            harness.upstream.follow(ScriptedUpstream.failing(error))
            harness.upstream.followStreams { _, _ throws(UpstreamError) in throw error }
            let status = await harness.ask("a", wantsStream: wantsStream).status
            #expect(status == (error == .timeout ? 504 : 502))
        }
        #expect(await harness.ask("b", wantsStream: wantsStream).status == 429)
        #expect(harness.audit.records.map(\.costNanos) == [5, 5, 0])
    }

    @Test("a budget of requests holds at N when many more come at once, and a call that is not made is given back")
    func budgetsAtOnce() async throws {
        let harness = Harness(flows: ["faq": .cached()], budgets: [.default: try Budget(requestsPerDay: 10)])
        let statuses = await withTaskGroup(of: Int.self, returning: [Int].self) { group in
            for number in 0..<200 { group.addTask { await harness.ask("question \(number)").status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 200 } == 10)
        #expect(statuses.count { $0 == 429 } == 190)
        #expect(harness.upstream.calls.count == 10)
    }

    @Test("a call that a limit keeps from being made takes nothing from the budget")
    func givenBack() async throws {
        let limit = try RateLimit(
            name: "calls",
            by: [],
            rate: Rate(count: 1, periodSeconds: 60),
            stage: .upstreamCall
        )
        let harness = Harness(
            flows: ["faq": .cached()],
            limits: [limit],
            budgets: [.default: try Budget(requestsPerDay: 2)]
        )
        #expect(await harness.ask("a").status == 200)
        for _ in 0..<3 { #expect(await harness.ask("b").text.contains("rate_limited")) }
        harness.clock.advance(by: .seconds(60))
        #expect(await harness.ask("b").status == 200)
        harness.clock.advance(by: .seconds(60))
        #expect(await harness.ask("c").text.contains("budget_exhausted"))
    }

    @Test("what one caller may not do is no answer to another who asks the same at the same time")
    func othersRefusal() async throws {
        let poor = try #require(TenantID("poor".utf8))
        let harness = Harness(
            flows: ["faq": .cached { $0.isShared = true }],
            budgets: [poor: try Budget(requestsPerDay: 0)]
        )
        for round in 0..<300 {
            async let first = harness.ask("question \(round)", tenant: "poor")
            async let second = harness.ask("question \(round)", tenant: "rich")
            let statuses = await (first.status, second.status)
            #expect([200, 429].contains(statuses.0))
            #expect(statuses.1 == 200, "round \(round)")
        }
    }
}
