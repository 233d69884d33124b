import AmbassadorCore
import NIOHTTP1
import Testing

@testable import AmbassadorAdmin

@Suite("Retention through the admin plane")
struct AdminRetentionTests {
    @Test(
        "an operator has what is due deleted, and that is recorded",
        arguments: [
            (7 as Int?, 200, AdminChange.Outcome.done, "removed=7"),
            (nil as Int?, 503, AdminChange.Outcome.failed, "the store cannot be written"),
        ]
    )
    func prune(removed: Int?, status: Int, outcome: AdminChange.Outcome, detail: String) async throws {
        var keys = AdminKeys()
        let headers = [("x-api-key", try keys.make("ops", [.adminWrite]))]
        try await withAdmin(keys.authenticator, retention: WitnessRetention(removed: removed)) { admin in
            let answer = try await admin.send(.POST, "/admin/v1/audit/prune", headers: headers)
            #expect(answer.status == status)
            if status == 200 { #expect(answer.body == "{\"removed\":7}\n") }
            let change = try #require(admin.audit.changes.first)
            #expect(admin.audit.changes.count == 1)
            #expect(change.subject == "audit prune" && change.outcome == outcome && change.detail == detail)
        }
    }

    @Test("nobody else may") func refused() async throws {
        var keys = AdminKeys()
        let others = [try keys.make("bot", tenant: "acme", [.adminWrite]), try keys.make("reader", [.adminRead])]
        try await withAdmin(keys.authenticator) { admin in
            for key in others {
                let answer = try await admin.send(.POST, "/admin/v1/audit/prune", headers: [("x-api-key", key)])
                #expect(answer.status == 403)
            }
            #expect(admin.audit.changes.map(\.outcome) == [.refused, .refused])
            #expect(try await admin.send(.POST, "/admin/v1/audit/prune").status == 401)
            #expect(try await admin.send(.GET, "/admin/v1/audit/prune").status == 401)
        }
    }
}
