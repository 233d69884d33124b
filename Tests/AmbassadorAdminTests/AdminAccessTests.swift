import AmbassadorCore
import AmbassadorIdentity
import Logging
import NIOHTTP1
import Testing

@testable import AmbassadorAdmin

@Suite("Who may use the admin plane")
struct AdminAccessTests {
    /// A good request to a route: it changes what belongs to tenant acme, where it changes anything.
    private static let samples = [
        "/metrics": "", "/admin/v1/cache/stats": "", "/admin/v1/cache/purge": acme, "/admin/v1/cache/pin": decision,
        "/admin/v1/cache/tombstone": decision, "/admin/v1/cache/unpin": decision, "/admin/v1/cache/marks": "",
        "/admin/v1/audit/prune": "",
    ]
    static let key = "\(String(repeating: "0", count: 32))-\(String(repeating: "0", count: 64))"
    private static let decision = #"{"key":"\#(key)","reason":"because"}"#
    /// What is about no tenant's data alone, or about keys, which do not show whose they are: no tenant's credential does.
    private static let ofNoTenant: Set = [
        "/admin/v1/cache/pin", "/admin/v1/cache/tombstone", "/admin/v1/cache/unpin", "/admin/v1/cache/marks",
        "/admin/v1/audit/prune",
    ]
    private static let prune = "/admin/v1/audit/prune"
    private static let acme = #"{"tenant":"acme","flow":"faq_qa"}"#

    /// The table from which the server makes its routes.
    private static let routes = AdminPlane.routes(
        caches: WitnessCaches(),
        curation: WitnessCaches(),
        retention: WitnessRetention(),
        metrics: MetricRegistry(),
        recorder: ChangeRecorder(audit: nil, clocks: .system, logger: Logger(label: "test"))
    )

    /// What a caller shows, and what a route answers.
    private struct Case {
        let name: String
        let headers: [(String, String)]
        let status: Int
    }

    @Test(
        "every route × no credential, a bad one, an expired one, another tenant's, one without permission, the right one"
    )
    func matrix() async throws {
        try #require(Self.routes.count >= 3)
        for route in Self.routes {
            let body = try #require(Self.samples[route.path], "\(route.path) needs a sample here")
            let method = HTTPMethod(rawValue: route.method)
            var keys = AdminKeys()
            let cases = try Self.cases(route, &keys)
            let caches = WitnessCaches()
            try await withAdmin(keys.authenticator, caches: caches) { admin in
                for sample in cases {
                    let answer = try await admin.send(method, route.path, headers: sample.headers, body: body)
                    #expect(answer.status == sample.status, "\(method) \(route.path) \(sample.name)")
                    let challenge = answer.headers["www-authenticate"]
                    #expect(challenge == (sample.status == 401 ? [#"Bearer realm="ambassador""#] : []))
                }
                let done = cases.count { $0.status == 200 }
                #expect(caches.purges.count == (route.permission == .adminPurge ? done : 0))
                let decides = route.permission == .adminWrite && route.path != Self.prune
                #expect(caches.decisions.count == (decides ? done : 0))
                #expect(admin.audit.changes.count { $0.outcome == .done } == (route.isChange ? done : 0))
                let refused = cases.count { $0.status == 403 }
                #expect(admin.audit.changes.count { $0.outcome == .refused } == (route.isChange ? refused : 0))
            }
        }
    }

    private static func cases(_ route: AdminRoute, _ keys: inout AdminKeys) throws -> [Case] {
        let right = try keys.make("right", [route.permission])
        let own = try keys.make("own", tenant: "acme", [route.permission])
        let other = try keys.make("other", tenant: "other", [route.permission])
        let without = try keys.make("without", Action.allCases.filter { $0 != route.permission })
        let expired = try keys.make("expired", [route.permission], isExpired: true)
        let revoked = try keys.make("revoked", [route.permission], isRevoked: true)
        var elsewhere = AdminKeys(seed: 2)
        let unknown = try elsewhere.make("unknown", [route.permission])
        let isOfNoTenant = Self.ofNoTenant.contains(route.path)
        return [
            Case(name: "nothing", headers: [], status: 401),
            Case(name: "nonsense", headers: [("x-api-key", "nonsense")], status: 401),
            Case(name: "unknown", headers: [("x-api-key", unknown)], status: 401),
            Case(name: "a token", headers: [("authorization", "Bearer a.b.c")], status: 401),
            Case(name: "another scheme", headers: [("authorization", "Basic \(right)")], status: 401),
            // By the rules of the data plane no message is sound in which such a field is repeated.
            Case(name: "twice", headers: [("x-api-key", right), ("x-api-key", right)], status: 400),
            Case(
                name: "two authorizations",
                headers: [("authorization", "Bearer \(right)"), ("authorization", "Bearer \(right)")],
                status: 400
            ),
            Case(name: "both", headers: [("x-api-key", right), ("authorization", "Bearer \(right)")], status: 200),
            Case(
                name: "two callers",
                headers: [("x-api-key", right), ("authorization", "Bearer \(own)")],
                status: 401
            ),
            Case(name: "expired", headers: [("x-api-key", expired)], status: 401),
            Case(name: "revoked", headers: [("x-api-key", revoked)], status: 401),
            Case(name: "no permission", headers: [("x-api-key", without)], status: 403),
            Case(
                name: "another tenant",
                headers: [("x-api-key", other)],
                status: route.isChange || isOfNoTenant ? 403 : 200
            ),
            Case(name: "own tenant", headers: [("x-api-key", own)], status: isOfNoTenant ? 403 : 200),
            Case(name: "right", headers: [("x-api-key", right)], status: 200),
            Case(name: "right bearer", headers: [("authorization", "bearer \(right)")], status: 200),
        ]
    }

    @Test("what a credential is not asked for is not told: no route, method or body is looked at without one")
    func nothingIsTold() async throws {
        var keys = AdminKeys()
        let key = try keys.make("ops", [.adminRead, .adminPurge])
        try await withAdmin(keys.authenticator) { admin in
            for (method, path, status) in [
                (HTTPMethod.GET, "/nonsense", 404), (.GET, "/admin/v1/cache/purge", 405), (.POST, "/metrics", 405),
                (.DELETE, "/admin/v1/cache/stats", 405), (.POST, "/admin/v1/cache/purge", 415),
                (.HEAD, "/metrics", 200),
            ] {
                #expect(try await admin.send(method, path).status == 401, "\(method) \(path)")
                let answer = try await admin.send(method, path, headers: [("x-api-key", key)])
                #expect(answer.status == status, "\(method) \(path)")
                #expect(answer.headers["allow"].isEmpty == (status != 405))
            }
            let purge = try await admin.send(.GET, "/admin/v1/cache/purge", headers: [("x-api-key", key)])
            #expect(purge.headers["allow"] == ["POST"])
            #expect(admin.caches.purges.isEmpty)
        }
    }

    @Test("where nobody is asked, everything is open, whatever is shown")
    func open() async throws {
        try await withAdmin(OpenAuthenticator()) { admin async throws in
            #expect(try await admin.send(.GET, "/metrics").status == 200)
            let strange = [("x-api-key", "nonsense"), ("authorization", "Basic x")]
            #expect(try await admin.send(.GET, "/admin/v1/cache/stats", headers: strange).status == 200)
            #expect(try await admin.send(.POST, "/admin/v1/cache/purge", body: #"{"all":true}"#).status == 200)
            #expect(admin.caches.purges == [.all])
            #expect(admin.audit.changes.map(\.principal) == ["anonymous"])
        }
    }

    @Test("what has to be fetched first is waited for; where it cannot be had, the answer is 503")
    func pending() async throws {
        struct Slow: Authenticator {
            func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
                .pending {
                    guard case .bearer = credential else { return .rejected(.keysUnavailable) }
                    return .accepted(Caller(principal: "slow", tenant: nil, permissions: .all))
                }
            }
        }
        try await withAdmin(Slow()) { admin in
            let bearer = [("authorization", "Bearer x")]
            #expect(try await admin.send(.GET, "/metrics", headers: bearer).status == 200)
            let answer = try await admin.send(.GET, "/metrics", headers: [("x-api-key", "x")])
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == ["1"])
        }
    }
}
