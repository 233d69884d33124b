import AmbassadorCore
import NIOCore
import Testing

@testable import AmbassadorSQLite

@Suite("A day's usage comes back from the audit log")
struct UpstreamUsageTests {
    private func record(
        _ tenantName: String,
        at time: Timestamp,
        attempts: Int = 1,
        tokens: (Int?, Int?) = (10, 5),
        cost: Int64 = 7
    ) throws -> AuditRecord {
        var record = try makeRecord(at: time, tenant: tenantName, outcome: attempts > 0 ? .miss : .hit)
        record.attempts = attempts
        record.usage = Usage(inputTokens: tokens.0, outputTokens: tokens.1)
        record.costNanos = cost
        return record
    }

    @Test("calls since a moment are summed by tenant; what called nobody is free")
    func sums() async throws {
        try await withDatabase { fixture in
            let start = fixture.clock.now
            try await fixture.record([
                try self.record("acme", at: start.advanced(by: .milliseconds(-1))),
                try self.record("acme", at: start),
                try self.record("acme", at: start.advanced(by: .seconds(1)), attempts: 3, tokens: (nil, 4)),
                try self.record("acme", at: start.advanced(by: .seconds(2)), attempts: 0),
                try self.record("beta", at: start.advanced(by: .seconds(1)), tokens: (nil, nil), cost: 0),
                try self.record("gamma", at: start.advanced(by: .seconds(1)), attempts: 0),
            ])
            let usage = try UpstreamUsage.byTenant(path: fixture.path, since: start)
            #expect(
                usage == [
                    try tenant("acme"): BudgetUsage(requests: 2, tokens: 19, costNanos: 14),
                    try tenant("beta"): BudgetUsage(requests: 1),
                ]
            )
            #expect(try UpstreamUsage.byTenant(path: fixture.path, since: start.advanced(by: .seconds(9))) == [:])
        }
    }

    @Test("sums that are too large stop at the largest number")
    func overflow() async throws {
        try await withDatabase { fixture in
            let start = fixture.clock.now
            let record = try self.record("acme", at: start, tokens: (.max, .max), cost: .max)
            try await fixture.record([record, record])
            #expect(
                try UpstreamUsage.byTenant(path: fixture.path, since: start)
                    == [try tenant("acme"): BudgetUsage(requests: 2, tokens: .max, costNanos: .max)]
            )
        }
    }

    @Test("only the records since then are read, by the index of times")
    func plan() async throws {
        try await withDatabase { fixture in
            let plan = try fixture.connect().prepare("EXPLAIN QUERY PLAN \(UpstreamUsage.query)")
            var steps: [String] = []
            while try plan.step() { steps.append(plan.text(at: 3)) }
            #expect(steps == ["SEARCH audit_records USING INDEX audit_by_time (time>?)"])
        }
    }

    @Test("a file that is not there is said to be missing")
    func missing() {
        #expect(throws: SQLiteError.notFound(path: "/nowhere/a.db")) {
            try UpstreamUsage.byTenant(path: "/nowhere/a.db", since: Timestamp(milliseconds: 0))
        }
    }
}
