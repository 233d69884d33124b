import AmbassadorCore
import Testing

@testable import AmbassadorSQLite

@Suite("Changes of operators")
struct SQLiteAdminAuditTests {
    @Test("a change is a row of admin_changes once it was recorded")
    func recorded() async throws {
        try await withDatabase { fixture in
            let change = AdminChange(
                time: Timestamp(milliseconds: 1_795_390_000_123),
                principal: "ops",
                tenant: try AmbassadorSQLiteTests.tenant("acme"),
                client: "127.0.0.1",
                action: .adminPurge,
                subject: "flow=faq tenant=acme",
                outcome: .done,
                detail: "memory=1 redis=- store=2"
            )
            await fixture.database.adminAudit.record(change)
            let row = try fixture.connect().prepare("SELECT * FROM admin_changes")
            #expect(try row.step())
            let values = (1..<9).map { row.value(at: $0) }
            #expect(
                values == [
                    .integer(1_795_390_000_123), .text("ops"), .text("acme"), .text("127.0.0.1"), .text("admin:purge"),
                    .text("flow=faq tenant=acme"), .text("done"), .text("memory=1 redis=- store=2"),
                ]
            )
            #expect(try !row.step())
        }
    }

    private static func change(_ number: Int, _ outcome: AdminChange.Outcome, at seconds: Int64) -> AdminChange {
        AdminChange(
            time: Timestamp(milliseconds: 1_795_390_000_000 + seconds * 1000),
            principal: "caller-\(number)",
            tenant: nil,
            client: "127.0.0.1",
            action: .adminPurge,
            subject: "",
            outcome: outcome,
            detail: "no permission"
        )
    }

    @Test("refused changes are summed by caller and second, and push out no change that was made")
    func refusals() async throws {
        try await withDatabase { fixture in
            await fixture.database.adminAudit.record(Self.change(1, .done, at: 0))
            for _ in 0..<100 { await fixture.database.adminAudit.record(Self.change(2, .refused, at: 1)) }
            await fixture.database.adminAudit.record(Self.change(3, .refused, at: 1))
            await fixture.database.adminAudit.record(Self.change(2, .refused, at: 2))
            let counts = try fixture.connect().prepare("SELECT count FROM admin_changes ORDER BY id")
            for expected in [1, 100, 1, 1] as [Int64] {
                #expect(try counts.step())
                #expect(counts.integer(at: 0) == expected)
            }
            #expect(try !counts.step())
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                for number in 0..<AdminChangeTable.refusalsMax + 150 {
                    try AdminChangeTable.insert(Self.change(number, .refused, at: Int64(10 + number)), on: connection)
                }
                while try AdminChangeTable.prune(on: connection, rows: 100) {}
            }
            #expect(try fixture.count("admin_changes WHERE outcome = 'refused'") == AdminChangeTable.refusalsMax)
            #expect(try fixture.count("admin_changes WHERE outcome = 'done'") == 1)
        }
    }
}
