import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("A budget holds for a tenant and a day")
struct BudgetTests {
    private let registry = MetricRegistry()
    /// Noon.
    private let now = Timestamp(milliseconds: 1_767_225_600_000 + 43_200_000)

    private func tenant(_ name: String) throws -> TenantID { try #require(TenantID(name.utf8)) }

    private func ledger(_ budget: Budget, others: Budget? = nil, tenantsMax: Int = 100) throws -> BudgetLedger {
        BudgetLedger(
            [try self.tenant("acme"): budget],
            others: others,
            tenantsMax: tenantsMax,
            metrics: self.registry
        )
    }

    @Test(
        "each of its bounds is a bound",
        arguments: [
            (try Budget(requestsPerDay: 3), BudgetUsage(requests: 1), BudgetKind.requests),
            (try Budget(tokensPerDay: 3000), BudgetUsage(requests: 1, tokens: 1000), .tokens),
            (try Budget(costNanosPerDay: 3), BudgetUsage(requests: 1, costNanos: 1), .cost),
            (
                try Budget(requestsPerDay: 4, tokensPerDay: 3, costNanosPerDay: 5),
                BudgetUsage(requests: 1, tokens: 1, costNanos: 1), .tokens
            ),
        ]
    )
    func bounds(budget: Budget, call: BudgetUsage, kind: BudgetKind) throws {
        let ledger = try self.ledger(budget)
        let acme = try self.tenant("acme")
        for _ in 0..<3 {
            #expect(ledger.verdict(on: acme, at: self.now) == .withinBudget)
            ledger.charge(call, to: acme, at: self.now)
        }
        #expect(ledger.verdict(on: acme, at: self.now) == .exhausted(kind, retryAfterSeconds: 43_200))
        #expect(ledger.verdict(on: try self.tenant("beta"), at: self.now) == .withinBudget)
        let text = String(buffer: PrometheusText.render(self.registry))
        #expect(text.contains("ambassador_budget_refusals_total{kind=\"\(kind.rawValue)\"} 1\n"))
    }

    @Test("a call that goes over is charged whole, and the next is refused")
    func overshoot() throws {
        let ledger = try self.ledger(Budget(tokensPerDay: 100))
        let acme = try self.tenant("acme")
        ledger.charge(BudgetUsage(tokens: 99), to: acme, at: self.now)
        #expect(ledger.verdict(on: acme, at: self.now) == .withinBudget)
        ledger.charge(BudgetUsage(tokens: 5000), to: acme, at: self.now)
        #expect(ledger.verdict(on: acme, at: self.now) == .exhausted(.tokens, retryAfterSeconds: 43_200))
        #expect(ledger.usage(of: acme, at: self.now)?.used.tokens == 5099)
    }

    @Test("a budget of nothing allows nothing, and a negative one is none")
    func zero() throws {
        let ledger = try self.ledger(Budget(costNanosPerDay: 0))
        #expect(
            ledger.verdict(on: try self.tenant("acme"), at: self.now) == .exhausted(.cost, retryAfterSeconds: 43_200)
        )
        #expect(throws: InvalidValue.self) { try Budget(requestsPerDay: -1) }
    }

    @Test("midnight in UTC gives a new budget, and a clock that goes back gives the one of its day")
    func midnight() throws {
        let ledger = try self.ledger(Budget(requestsPerDay: 1))
        let acme = try self.tenant("acme")
        let last = Timestamp(milliseconds: 1_767_225_600_000 + 86_399_999)
        ledger.charge(BudgetUsage(requests: 1), to: acme, at: last)
        #expect(ledger.verdict(on: acme, at: last) == .exhausted(.requests, retryAfterSeconds: 1))
        let midnight = last.advanced(by: .milliseconds(1))
        #expect(ledger.verdict(on: acme, at: midnight) == .withinBudget)
        ledger.charge(BudgetUsage(requests: 1), to: acme, at: midnight)
        #expect(ledger.verdict(on: acme, at: last) == .exhausted(.requests, retryAfterSeconds: 1))
        #expect(BudgetLedger.startOfDay(of: last) == Timestamp(milliseconds: 1_767_225_600_000))
        #expect(BudgetLedger.startOfDay(of: midnight) == midnight)
        #expect(BudgetLedger.startOfDay(of: Timestamp(milliseconds: -1)) == Timestamp(milliseconds: -86_400_000))
    }

    @Test("a clock that is ahead for a while uses up no other day, and the day that it comes back to is as it was left")
    func clockAhead() throws {
        let ledger = try self.ledger(Budget(requestsPerDay: 3))
        let acme = try self.tenant("acme")
        for days in [3, 100, -3] {
            let wrong = self.now.advanced(by: .seconds(86_400 * days))
            ledger.charge(BudgetUsage(requests: 3), to: acme, at: wrong)
            #expect(ledger.verdict(on: acme, at: wrong) == .exhausted(.requests, retryAfterSeconds: 43_200))
            #expect(ledger.verdict(on: acme, at: self.now) == .withinBudget)
            ledger.charge(BudgetUsage(requests: 1), to: acme, at: self.now)
            _ = ledger.takeUnkept()
        }
        #expect(ledger.verdict(on: acme, at: self.now) == .exhausted(.requests, retryAfterSeconds: 43_200))
        // A day that comes back is kept whole, whatever was kept of the one between.
        _ = ledger.verdict(on: acme, at: self.now.advanced(by: .seconds(86_400)))
        #expect(ledger.usage(of: acme, at: self.now)?.used.requests == 3)
        #expect(ledger.takeUnkept().usage == [acme: BudgetUsage(requests: 3)])
    }

    @Test("what was used before the start counts, with what is used after it")
    func restore() throws {
        let ledger = try self.ledger(Budget(requestsPerDay: 10), others: Budget(tokensPerDay: 10))
        let (acme, beta) = (try self.tenant("acme"), try self.tenant("beta"))
        ledger.charge(BudgetUsage(requests: 1), to: acme, at: self.now)
        ledger.restore(
            [acme: BudgetUsage(requests: 9, tokens: 99), beta: BudgetUsage(requests: 99, tokens: 10)],
            at: self.now
        )
        #expect(ledger.verdict(on: acme, at: self.now) == .exhausted(.requests, retryAfterSeconds: 43_200))
        #expect(ledger.verdict(on: beta, at: self.now) == .exhausted(.tokens, retryAfterSeconds: 43_200))
        #expect(ledger.verdict(on: try self.tenant("gamma"), at: self.now) == .withinBudget)
    }

    @Test("what has changed is given to be kept once, and again where that failed; a new day has nothing to keep")
    func unkept() throws {
        let ledger = try self.ledger(Budget(requestsPerDay: 10), others: Budget(requestsPerDay: 10), tenantsMax: 2)
        let (acme, beta, late) = (try self.tenant("acme"), try self.tenant("beta"), try self.tenant("late"))
        #expect(ledger.takeUnkept().usage == [:])
        #expect(ledger.take(for: acme, at: self.now) == .withinBudget)
        ledger.charge(BudgetUsage(tokens: 7, costNanos: 9), to: acme, at: self.now)
        ledger.charge(BudgetUsage(requests: 2), to: beta, at: self.now)
        ledger.charge(BudgetUsage(requests: 2), to: late, at: self.now)
        let first = ledger.takeUnkept()
        #expect(first.day == BudgetLedger.startOfDay(of: self.now))
        #expect(
            first.usage == [
                acme: BudgetUsage(requests: 1, tokens: 7, costNanos: 9), beta: BudgetUsage(requests: 2),
            ]
        )
        #expect(ledger.takeUnkept().usage == [:])
        ledger.noteUnkept([beta, late])
        #expect(ledger.takeUnkept().usage == [beta: BudgetUsage(requests: 2)])
        ledger.giveBack(to: acme, at: self.now)
        #expect(ledger.takeUnkept().usage == [acme: BudgetUsage(tokens: 7, costNanos: 9)])
        ledger.charge(BudgetUsage(requests: 1), to: beta, at: self.now)
        _ = ledger.verdict(on: acme, at: self.now.advanced(by: .seconds(86_400)))
        ledger.noteUnkept([beta])
        #expect(ledger.takeUnkept().usage == [:])
    }

    @Test("of two counts the larger numbers count")
    func larger() {
        let counts = (BudgetUsage(requests: 1, tokens: 20, costNanos: 3), BudgetUsage(requests: 2, tokens: 10))
        #expect(BudgetUsage.larger(counts.0, counts.1) == BudgetUsage(requests: 2, tokens: 20, costNanos: 3))
    }

    @Test("sums stop at the largest number, and nothing is ever given back")
    func arithmetic() throws {
        let huge = BudgetUsage(requests: .max, tokens: .max, costNanos: .max)
        #expect(huge + huge == huge)
        #expect(BudgetUsage(requests: -1, tokens: .min, costNanos: -5) == BudgetUsage())
        let call = BudgetUsage(ofCall: Usage(inputTokens: .max, outputTokens: .max), costNanos: -1)
        #expect(call == BudgetUsage(requests: 1, tokens: .max))
        #expect(
            BudgetUsage(ofCall: Usage(inputTokens: -5, outputTokens: 3), costNanos: 7)
                == BudgetUsage(requests: 1, tokens: 3, costNanos: 7)
        )
        #expect(BudgetUsage(ofCall: .unknown, costNanos: 0) == BudgetUsage(requests: 1))
    }

    @Test("tenants without number are counted in bounded memory: late ones share one budget")
    func crowd() throws {
        let ledger = try self.ledger(Budget(requestsPerDay: 2), others: Budget(requestsPerDay: 2), tenantsMax: 10)
        for number in 0..<10 {
            ledger.charge(BudgetUsage(requests: 2), to: try self.tenant("t\(number)"), at: self.now)
        }
        let refused = BudgetLedger.Verdict.exhausted(.requests, retryAfterSeconds: 43_200)
        #expect(ledger.verdict(on: try self.tenant("late-1"), at: self.now) == .withinBudget)
        ledger.charge(BudgetUsage(requests: 1), to: try self.tenant("late-1"), at: self.now)
        ledger.charge(BudgetUsage(requests: 1), to: try self.tenant("late-2"), at: self.now)
        #expect(ledger.verdict(on: try self.tenant("late-3"), at: self.now) == refused)
        // Who has a budget of its own is counted one by one all the same.
        #expect(ledger.verdict(on: try self.tenant("acme"), at: self.now) == .withinBudget)
        ledger.charge(BudgetUsage(requests: 2), to: try self.tenant("acme"), at: self.now)
        #expect(ledger.verdict(on: try self.tenant("acme"), at: self.now) == refused)
        #expect(ledger.verdict(on: try self.tenant("t3"), at: self.now) == refused)
    }
}
