import AmbassadorHTTP
import AmbassadorTesting
import Crypto
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import ambassador

/// Identities, limits and budgets of a whole ambassador.
@Suite struct GovernanceTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    /// What a caller shows, and what each route says to it.
    private enum Shown: CaseIterable {
        case nothing
        case bad
        case expired
        case otherTenant
        case withoutPermission
        case right

        var status: Int {
            switch self {
            case .nothing, .bad, .expired: 401
            case .otherTenant, .withoutPermission: 403
            case .right: 200
            }
        }
    }

    /// The path of a route of the data plane; a route that is not here does not compile.
    private func path(of route: Route.Name) -> String? {
        switch route {
        case .runFlow: "/run-flow"
        case .langFlowRun: "/api/v1/run/faq"
        case .responses: "/api/v1/responses"
        case .chatCompletions: "/v1/chat/completions"
        case .none: nil
        }
    }

    private func body(for route: Route.Name) -> String {
        switch route {
        case .runFlow: #"{"flow_id":"faq","input":"q"}"#
        case .langFlowRun: #"{"input_value":"q"}"#
        case .responses: #"{"model":"faq","input":"q"}"#
        case .chatCompletions: #"{"model":"faq","messages":[{"role":"user","content":"q"}]}"#
        case .none: ""
        }
    }

    @Test("every route says to every kind of caller what it must, and refusals reach nothing")
    func matrix() async throws {
        let store = try temporaryStore()
        let keys = TestKeyFile(besideStore: store)
        let right = try keys.add("right", tenant: .named("acme"), "run:faq")
        let expired = try keys.add("expired", tenant: .named("acme"), "run", hasExpired: true)
        let other = try keys.add("other", tenant: .named("acme"), "run:summary", "admin:read")
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let settings = """
            auth: {mode: api_keys, keys_file: "\(keys.path)", failures: 1000/s}
            routes: {responses: true, chat_completions: true}
            flows: {faq: {ttl: 0s}}
            """
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            @Sendable func headers(_ shown: Shown) -> [(String, String)] {
                switch shown {
                case .nothing: []
                case .bad: [("X-API-Key", String(right.dropLast()))]
                case .expired: [("X-API-Key", expired)]
                case .otherTenant: [("X-API-Key", right), ("X-Tenant-ID", "globex")]
                case .withoutPermission: [("Authorization", "Bearer \(other)")]
                case .right: [("Authorization", "Bearer \(right)"), ("X-Tenant-ID", "acme")]
                }
            }
            for route in Route.Name.allCases {
                guard let path = self.path(of: route) else { continue }
                let body = self.body(for: route)
                for shown in Shown.allCases {
                    let calls = upstream.requests.count
                    let answer = try await ambassador.post(body, to: path, headers: headers(shown))
                    #expect(answer.status == shown.status, "\(path), \(shown)")
                    #expect((answer.headers["www-authenticate"] != nil) == (answer.status == 401))
                    #expect(upstream.requests.count == calls + (shown == .right ? 1 : 0), "\(path), \(shown)")
                }
            }
            // Whoever probes shows nothing, and must not be kept out by what somebody adds on the way.
            for probe in Probe.allCases {
                for shown in Shown.allCases {
                    let answer = try await ambassador.get(probe.rawValue, headers: headers(shown))
                    #expect(answer.status == 200, "\(probe), \(shown)")
                }
            }
        }
        await upstream.shutdown()
    }

    @Test("a key that is made while it runs lets in, and one that is revoked no longer does")
    func rotation() async throws {
        let store = try temporaryStore()
        let keys = TestKeyFile(besideStore: store)
        let first = try keys.add("ci", tenant: .named("acme"), "run")
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let settings = """
            auth: {mode: api_keys, keys_file: "\(keys.path)", failures: 1000/s}
            flows: {faq: {ttl: 1h, session: ignore}}
            """
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            @Sendable func status(_ key: String) async throws -> Int {
                try await ambassador.post(#"{"flow_id":"faq","input":"q"}"#, headers: [("X-API-Key", key)]).status
            }
            #expect(try await status(first) == 200)
            let second = try keys.add("ci", tenant: .named("acme"), "run")
            try await eventually("the new key is in force") { try await status(second) == 200 }
            #expect(try await status(first) == 200)
            try keys.revoke(first)
            try await eventually("the old key is out of force") { try await status(first) == 401 }
            #expect(try await status(second) == 200)
        }
        await upstream.shutdown()
    }

    @Test("a token's caller is named after its issuer; its permissions and its tenant are the token's")
    func tokens() async throws {
        let store = try temporaryStore()
        let secret = "0123456789abcdef0123456789abcdef"
        let settings = """
            auth:
              mode: jwt
              issuers:
                main: {issuer: "https://id.test", algorithms: [HS256], secret: "\(secret)", audience: [ambassador]}
            flows: {faq: {ttl: 1h, session: ignore}}
            """
        let upstream = try await TestUpstream.langFlow(on: self.group)
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            func ask(_ claims: String) async throws -> Int {
                let token = Self.token(claims, secret: secret)
                return try await ambassador.post(
                    #"{"flow_id":"faq","input":"q"}"#,
                    headers: [("Authorization", "Bearer \(token)")]
                ).status
            }
            let end = Int(Date().timeIntervalSince1970) + 600
            let common = #"{"iss":"https://id.test","sub":"alice","exp":\#(end),"#
            let cases = [
                (#""aud":"ambassador","tenant":"acme","permissions":["run:faq"]}"#, 200),
                (#""aud":"ambassador","tenant":"acme","permissions":["run:other"]}"#, 403),
                (#""aud":"ambassador","tenant":"acme"}"#, 403),
                (#""aud":"ambassador","tenant":"ACME","permissions":["run"]}"#, 401),
                (#""aud":[],"permissions":["run"]}"#, 401),
                (#""aud":"another","permissions":["run"]}"#, 401),
            ]
            for (claims, status) in cases {
                let answered = try await ask(common + claims)
                #expect(answered == status, "\(claims)")
            }
        }
        let table = try await SQLiteAuditSource(path: store).rows(
            sql: "SELECT principal, tenant, status FROM audit WHERE status = 200",
            limit: 10
        )
        #expect(table.rows.map { $0.map(\.plainText) } == [["main:alice", "acme", "200"]])
        await upstream.shutdown()
    }

    @Test("limits are told in headers, and a budget outlasts a restart")
    func limits() async throws {
        let store = try temporaryStore()
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let settings = """
            rate_limits: {per_tenant: {rate: 5/h, by: [tenant]}}
            budgets: {default: {requests_per_day: 2}}
            flows: {faq: {ttl: 1h, session: ignore}}
            """
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            let first = try await ambassador.ask("a")
            #expect(first.headers["ratelimit-policy"] == #""per_tenant";q=5;w=3600"#)
            #expect(first.headers["ratelimit"] == #""per_tenant";r=4;t=720"#)
            #expect(try await ambassador.ask("a").status == 200)
            #expect(try await ambassador.ask("b").status == 200)
            let exhausted = try await ambassador.ask("c")
            #expect(exhausted.status == 429)
            #expect(exhausted.body.contains("budget_exhausted"))
            #expect(try await ambassador.ask("a").status == 200)
            let limited = try await ambassador.ask("a")
            #expect(limited.status == 429)
            #expect(limited.body.contains("rate_limited"))
            #expect((1...720).contains(Int(limited.headers["retry-after"] ?? "") ?? 0))
        }
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            let stored = try await ambassador.ask("a")
            #expect(stored.status == 200)
            let exhausted = try await ambassador.ask("d")
            #expect(exhausted.body.contains("budget_exhausted"))
        }
        #expect(upstream.requests.count == 2)
        await upstream.shutdown()
    }

    @Test("an address that is taken is an error, and what was opened before is closed")
    func taken() async throws {
        let store = try temporaryStore()
        let upstream = try await TestUpstream.langFlow(on: self.group)
        try await withAmbassador(upstream: upstream.url, store: store, settings: "") { ambassador in
            let port = try #require(ambassador.assembly.dataAddress?.port)
            var configuration = AmbassadorConfiguration()
            configuration.store.path = try temporaryStore()
            configuration.log.level = .critical
            configuration.listen.address = .tcp(host: "127.0.0.1", port: port)
            // The second try finds the store free again, and fails as the first did.
            for _ in 0..<2 {
                let error = await #expect(throws: ListenError.self) { try await Assembly.build(configuration) }
                #expect(error?.name == .data)
            }
            // Where the admin plane's is taken, the data plane's is given back.
            let socket = NSTemporaryDirectory() + "d" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
            configuration.listen.address = .unix(path: socket)
            configuration.admin.address = .tcp(host: "localhost", port: port)
            let error = await #expect(throws: ListenError.self) { try await Assembly.build(configuration) }
            #expect(error?.name == .admin && error?.reason == .portTaken(address: "127.0.0.1", port: port))
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
        await upstream.shutdown()
    }

    private static func token(_ claims: String, secret: String) -> String {
        func encode(_ bytes: Data) -> String {
            bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        let signed = encode(Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + "." + encode(Data(claims.utf8))
        let key = SymmetricKey(data: Data(secret.utf8))
        return signed + "." + encode(Data(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key)))
    }
}
