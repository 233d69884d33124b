import AmbassadorCore
import Testing

@testable import AmbassadorSQLite

@Suite("What was used of budgets is kept by tenant and day")
struct KeptUsageTests {
    private let day = Timestamp(milliseconds: 20_782 * 86_400_000)

    @Test("what is kept comes back, the newest of each tenant, and what was kept of other days is gone")
    func kept() async throws {
        try await withDatabase { fixture in
            let (acme, beta) = (try tenant("acme"), try tenant("beta-9.x"))
            let yesterday = self.day.advanced(by: .seconds(-86_400))
            try await fixture.database.keep([acme: BudgetUsage(requests: 9)], of: yesterday)
            #expect(
                try KeptUsage.byTenant(path: fixture.path, of: yesterday) == [acme: BudgetUsage(requests: 9)]
            )
            try await fixture.database.keep(
                [acme: BudgetUsage(requests: 1, tokens: 2, costNanos: 3), beta: BudgetUsage(requests: .max)],
                of: self.day
            )
            try await fixture.database.keep([acme: BudgetUsage(requests: 2, tokens: 4, costNanos: 3)], of: self.day)
            #expect(
                try KeptUsage.byTenant(path: fixture.path, of: self.day) == [
                    acme: BudgetUsage(requests: 2, tokens: 4, costNanos: 3), beta: BudgetUsage(requests: .max),
                ]
            )
            #expect(try KeptUsage.byTenant(path: fixture.path, of: yesterday) == [:])
            // A day whose number begins alike is another day.
            #expect(try KeptUsage.byTenant(path: fixture.path, of: Timestamp(milliseconds: 2078 * 86_400_000)) == [:])
        }
    }

    @Test("many tenants take several transactions, and other numbers of the file stay")
    func many() async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord(at: fixture.clock.now, tenant: "acme", outcome: .hit)])
            let counters = "SELECT count(*) FROM counters WHERE name NOT LIKE 'budget/%'"
            let before = try fixture.connect().integer(counters)
            let usage = try Dictionary(
                uniqueKeysWithValues: (1...1_201).map { (try tenant("t\($0)"), BudgetUsage(requests: Int64($0))) }
            )
            try await fixture.database.keep(usage, of: self.day)
            #expect(try KeptUsage.byTenant(path: fixture.path, of: self.day) == usage)
            try await fixture.database.keep(
                [try tenant("t1"): BudgetUsage()],
                of: self.day.advanced(by: .seconds(86_400))
            )
            #expect(try KeptUsage.byTenant(path: fixture.path, of: self.day) == [:])
            #expect(try fixture.connect().integer(counters) == before)
        }
    }

    @Test("names that nobody here wrote are passed over")
    func strange() async throws {
        try await withDatabase { fixture in
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute(
                    """
                    INSERT INTO counters VALUES ('budget/20782/acme/requests', -5), ('budget/20782/ACME/requests', 1),
                        ('budget/20782/acme/wishes', 1), ('budget/20782/', 1), ('budget/20782/acme/tokens/x', 1)
                    """
                )
            }
            #expect(try KeptUsage.byTenant(path: fixture.path, of: self.day) == [try tenant("acme"): BudgetUsage()])
        }
    }
}
