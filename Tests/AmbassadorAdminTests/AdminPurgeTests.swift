import AmbassadorCore
import AmbassadorIdentity
import NIOCore
import NIOHTTP1
import Testing

@testable import AmbassadorAdmin

@Suite("Purges through the admin plane")
struct AdminPurgeTests {
    private static let key = "\(String(repeating: "0", count: 32))-\(String(repeating: "0", count: 64))"

    @Test("a caller of a tenant purges that tenant's entries and no others")
    func tenantBound() async throws {
        var keys = AdminKeys()
        let headers = [("x-api-key", try keys.make("bot", tenant: "acme", [.adminPurge]))]
        try await withAdmin(keys.authenticator) { admin in
            for (body, status) in [
                (#"{"tenant":"acme"}"#, 200), (#"{"tenant":"acme","flow":"faq_qa"}"#, 200),
                (#"{"tenant":"other"}"#, 403), (#"{"tenant":"other","flow":"faq_qa"}"#, 403),
                (#"{"flow":"faq_qa"}"#, 403), (#"{"flow":"unheard_of"}"#, 403), (#"{"all":true}"#, 403),
                (#"{"key":"\#(Self.key)"}"#, 403), ("{}", 400), (#"{"tenant":"acme","all":true}"#, 400),
                (#"{"tenant":"acme","flow":"unheard_of"}"#, 404),
            ] {
                let answer = try await admin.send(.POST, "/admin/v1/cache/purge", headers: headers, body: body)
                #expect(answer.status == status, "\(body)")
            }
            let acme = try #require(TenantID("acme".utf8))
            let target = try #require(FlowName("target"))
            #expect(admin.caches.purges == [.tenant(acme), .tenantFlow(tenant: acme, target: target)])
            let refused = admin.audit.changes.filter { $0.outcome == .refused }.map(\.subject)
            #expect(
                refused == [
                    "tenant=other", "flow=faq_qa tenant=other", "flow=faq_qa", "flow=unheard_of", "all",
                    "key=\(Self.key)",
                ]
            )
        }
    }

    @Test("a purge names what it removes in any combination, and no text is recorded")
    func filters() async throws {
        var keys = AdminKeys()
        let headers = [("x-api-key", try keys.make("ops", [.adminPurge]))]
        try await withAdmin(keys.authenticator) { admin in
            for (body, status) in [
                (#"{"target":"abc","older_than_seconds":60,"text":"jane@example.com"}"#, 200), (#"{"text":""}"#, 400),
                (#"{"text":"\#(String(repeating: "a", count: 1025))"}"#, 400), (#"{"older_than_seconds":0}"#, 400),
                (#"{"older_than_seconds":-1}"#, 400), (#"{"older_than_seconds":1.5}"#, 400),
                (#"{"older_than_seconds":"1h"}"#, 400), (#"{"older_than_seconds":99999999999}"#, 400),
                (#"{"flow":"faq_qa","target":"abc"}"#, 400), (#"{"tenant":"*"}"#, 400), (#"{"all":false}"#, 400),
                (#"{"before":1}"#, 400), (#"{"key":"\#(Self.key)","tenant":"acme"}"#, 200),
            ] {
                let answer = try await admin.send(.POST, "/admin/v1/cache/purge", headers: headers, body: body)
                #expect(answer.status == status, "\(body)")
            }
            let (first, last) = try (#require(admin.caches.purges.first), #require(admin.caches.purges.last))
            #expect(first.target == FlowName("abc"))
            #expect(first.storedBefore == AdminKeys.now.advanced(by: .seconds(-60)))
            #expect(first.text == PurgeText(ByteBuffer(string: "jane@example.com")))
            #expect(last == PurgeSelection(key: CacheKey(Self.key), tenant: TenantID("acme".utf8)))
            #expect(admin.audit.changes.first?.subject == "target=abc older_than_seconds=60 text=(16 bytes)")
        }
    }

    @Test("each change is recorded: who, from where, when, what and what came of it")
    func recorded() async throws {
        var keys = AdminKeys()
        let ops = [("x-api-key", try keys.make("ops", [.adminPurge]))]
        let bot = [("x-api-key", try keys.make("bot", tenant: "acme", [.adminRead]))]
        let path = "/admin/v1/cache/purge"
        try await withAdmin(keys.authenticator) { admin in
            let done = try await admin.send(.POST, path, headers: ops, body: #"{"flow":"faq_qa"}"#)
            #expect(
                done.body == #"{"complete":true,"memory":3,"redis":null,"store":4,"replicas":null,"unjudged":0}"# + "\n"
            )
            _ = try await admin.send(.POST, path, headers: bot, body: #"{"tenant":"acme"}"#)
            _ = try await admin.send(.POST, path, body: #"{"tenant":"acme"}"#)
            _ = try await admin.send(.GET, "/metrics", headers: bot)
            #expect(
                admin.audit.changes == [
                    Self.change("ops", nil, "flow=faq_qa", .done, "memory=3 redis=- store=4"),
                    Self.change("bot", TenantID("acme".utf8), "", .refused, "no permission"),
                ]
            )
        }
        try await withAdmin(keys.authenticator, caches: WitnessCaches(hasStore: false)) { admin in
            _ = try await admin.send(.POST, path, headers: ops, body: #"{"all":true}"#)
            #expect(admin.audit.changes == [Self.change("ops", nil, "all", .failed, "memory=3 redis=- store=-")])
        }
    }

    private static func change(
        _ principal: String,
        _ tenant: TenantID?,
        _ subject: String,
        _ outcome: AdminChange.Outcome,
        _ detail: String
    ) -> AdminChange {
        AdminChange(
            time: AdminKeys.now,
            principal: principal,
            tenant: tenant,
            client: "127.0.0.1",
            action: .adminPurge,
            subject: subject,
            outcome: outcome,
            detail: detail
        )
    }
}
