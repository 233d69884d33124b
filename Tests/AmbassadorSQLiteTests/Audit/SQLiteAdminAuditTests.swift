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
}
