import AmbassadorTesting
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import AmbassadorSQLite
@testable import ambassador

@Suite struct EndToEndTests {
    static let faq = """
        flows:
          faq: {ttl: 1h, stale_if_error: 7d, session: ignore, fallback: "We are away."}
          brief: {target: faq, ttl: 1ms, stale_if_error: 7d, session: ignore}
          bare: {ttl: 1h, session: ignore}
        """

    private let group = MultiThreadedEventLoopGroup.singleton

    @Test("a miss, a hit, an outage and a restart, all told by the audit log")
    func lifeOfAnAnswer() async throws {
        let store = try temporaryStore()
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let url = upstream.url
        try await withAmbassador(upstream: url, store: store, settings: Self.faq) { ambassador in
            let miss = try await ambassador.ask("退货政策是什么？")
            #expect(miss.status == 200)
            #expect(miss.cacheStatus == "ambassador; fwd=miss; stored")
            #expect(miss.headers["age"] == nil)
            let hit = try await ambassador.ask("退货政策是什么？")
            #expect(hit.cacheStatus.hasSuffix("detail=memory"))
            #expect(hit.headers["age"] == "0")
            #expect(hit.body.contains("answer 1 to 退货政策是什么？"))
            _ = try await ambassador.ask("q", of: "brief")
            #expect(try await ambassador.post(#"{"flow_id":"faq","input":123}"#).status == 400)
        }
        #expect(upstream.requests.count == 2)
        await upstream.shutdown()
        try await withAmbassador(upstream: url, store: store, settings: Self.faq) { ambassador in
            #expect(try await ambassador.ask("退货政策是什么？").cacheStatus.hasSuffix("detail=store"))
            let stale = try await ambassador.ask("q", of: "brief")
            #expect(stale.status == 200)
            #expect(stale.headers["x-ambassador-degraded"] == "stale")
            #expect(stale.body.contains("answer 2 to q"))
            let fallback = try await ambassador.ask("never asked")
            #expect(fallback.headers["x-ambassador-degraded"] == "fallback")
            let error = try await ambassador.ask("never asked", of: "bare")
            #expect(error.status == 503)
            #expect(error.headers["content-type"] == "application/problem+json")
            #expect(error.body.contains(#""error":"Service temporarily unavailable""#))
            #expect(try await ambassador.get("/readyz").status == 200)
        }
        try await withAmbassador(upstream: url, store: store, settings: Self.faq) { ambassador in
            let outcomes = try await ambassador.outcomes()
            #expect(
                outcomes == [
                    "miss", "hit:memory", "miss", "refused", "hit:store", "degraded:stale", "degraded:fallback",
                    "failed",
                ]
            )
        }
    }

    @Test("a thousand identical questions at once are one call")
    func singleFlight() async throws {
        let store = try temporaryStore()
        let gate = AsyncStream.makeStream(of: Void.self)
        let upstream = try await TestUpstream.langFlow(on: self.group) { for await _ in gate.stream { break } }
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.faq) { ambassador in
            let address = ambassador.assembly.dataAddress
            let body = #"{"flow_id":"faq","input":"q"}"#
            let request = """
                POST /run-flow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
                """
            let answers = try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<1000 {
                    tasks.addTask {
                        let connection = try await RawConnection.open(to: try #require(address), group: self.group)
                        try await connection.send(request)
                        return String(
                            decoding: await connection.receiveToEnd(within: .seconds(60)).bytes,
                            as: UTF8.self
                        )
                    }
                }
                // Released once all of them wait, so that none can be a hit.
                let log = try #require(ambassador.assembly.ambassador.parts.audit as? SQLiteAuditLog)
                try await eventually("all of them wait") { log.queued >= 1000 }
                gate.continuation.finish()
                return try await tasks.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK\r\n") && $0.contains("answer 1 to q") })
            #expect(answers.count { $0.contains("collapsed") } == 999)
        }
        #expect(upstream.requests.count == 1)
        await upstream.shutdown()
    }

    /// What some server, cache or framework lets change a request.
    private static let unkeyed = [
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL",
        "X-Original-Host",
        "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Forwarded-Prefix",
        "X-Forwarded-Path", "X-Forwarded-Server", "X-Forwarded-User", "Forwarded", "X-Host", "X-Real-IP", "X-Client-IP",
        "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-IP", "X-Remote-User",
        "Via", "X-Via", "Max-Forwards", "Proxy-Authorization", "Proxy-Connection", "TE", "Keep-Alive", "X-WAP-Profile",
        "Accept-Language", "Accept-Charset", "User-Agent", "Referer", "Origin", "X-Requested-With", "X-CSRF-Token",
        "If-Match", "If-Modified-Since", "If-Range", "If-Unmodified-Since", "Pragma", "Cookie2", "X-User-ID",
        "X-Session-ID",
        "X-Amz-Date", "X-Envoy-Original-Path", "X-ProxyUser-IP", "X-Middleware-Subrequest", "X-Debug", "X-Backend",
        "X-Accel-Redirect", "X-Sendfile", "X-Api-Version", "X-Correlation-ID", "X-Request-ID", "X-B3-TraceId",
        "baggage",
    ]

    @Test("what LangFlow gets was built here; nothing of the caller's comes through")
    func upstreamRequest() async throws {
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let settings = Self.faq + "\ndefaults: {ttl: 1s}"
        try await withAmbassador(upstream: upstream.url, store: try temporaryStore(), settings: settings) {
            ambassador in
            let stolen =
                [
                    ("Authorization", "Bearer x"), ("x-api-key", "x"), ("Cookie", "x=y"),
                    ("X-Forwarded-For", "6.6.6.6"),
                    ("Range", "bytes=0-1"), ("If-None-Match", "x"),
                ] + Self.unkeyed.map { ($0, "evil") }
            let answer = try await ambassador.post(#"{"input_value":"q"}"#, to: "/api/v1/run/faq", headers: stolen)
            #expect(answer.status == 200)
            let variable = try await ambassador.post(
                #"{"input_value":"q"}"#,
                to: "/api/v1/run/faq",
                headers: [("X-LANGFLOW-GLOBAL-VAR-KEY", "x")]
            )
            #expect(variable.status == 403)
            for path in ["/api/v1/validate/code", "/api/v1/run/faq/", "/api/v1/run/%66aq", "/api/v2/files", "/"] {
                #expect([400, 404, 405].contains(try await ambassador.post("{}", to: path).status), "\(path)")
            }
        }
        let request = try #require(upstream.requests.first)
        #expect(upstream.requests.count == 1)
        #expect(request.requestLine.hasPrefix("POST /api/v1/run/faq"))
        let names = Set(request.fields.map(\.name))
        let allowed: Set = [
            "host", "content-type", "content-length", "accept", "accept-encoding", "traceparent", "x-trace-id",
            "connection",
        ]
        #expect(names.subtracting(allowed) == [])
        let body = ScriptedUpstream.members(of: ByteBuffer(bytes: request.body))
        #expect(Set(body.keys) == ["input_value", "input_type", "output_type", "session_id"])
        await upstream.shutdown()
    }

    @Test("the admin plane shows metrics and purges every cache; web pages get nothing of it")
    func admin() async throws {
        let upstream = try await TestUpstream.langFlow(on: self.group)
        try await withAmbassador(upstream: upstream.url, store: try temporaryStore(), settings: Self.faq) {
            ambassador in
            _ = try await ambassador.ask("q")
            let report = try await ambassador.admin.purge(PurgeRequest(flow: FlowName("faq")))
            #expect(report.memory == 1)
            #expect(report.store == 1)
            #expect(try await ambassador.ask("q").cacheStatus == "ambassador; fwd=miss; stored")
            await #expect(throws: CommandFailure.self) {
                try await ambassador.admin.purge(PurgeRequest(key: "nonsense"))
            }
        }
        #expect(upstream.requests.count == 2)
        await upstream.shutdown()
    }

    @Test("a graceful stop loses no record, and the answers under way leave")
    func gracefulStop() async throws {
        let store = try temporaryStore()
        let upstream = try await TestUpstream.langFlow(on: self.group)
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.faq) { ambassador in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<500 {
                    tasks.addTask {
                        let answer = try await ambassador.ask("q \(number % 50)")
                        #expect(answer.status == 200)
                    }
                }
                try await tasks.waitForAll()
            }
        }
        let table = try await SQLiteAuditSource(path: store).rows(sql: "SELECT count(*) FROM audit", limit: 1)
        #expect(table.rows == [[.integer(500)]])
        await upstream.shutdown()
    }

    @Test("a second ambassador on the same file does not start, and says why")
    func secondProcess() async throws {
        let store = try temporaryStore()
        try await withAmbassador(upstream: "http://127.0.0.1:1", store: store, settings: "") { _ in
            await #expect {
                try await withAmbassador(upstream: "http://127.0.0.1:1", store: store, settings: "") { _ in }
            } throws: { error in
                "\(error)".contains(store)
            }
        }
    }

    @Test("a strict audit log has the record before the caller has the answer")
    func strict() async throws {
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let store = try temporaryStore()
        let settings = Self.faq + "\naudit: {durability: strict}"
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            for number in 1...20 {
                let answer = try await ambassador.ask("q")
                let trace = try #require(TraceID(hex: (answer.headers["x-trace-id"] ?? "").utf8))
                #expect(try await SQLiteAuditSource(path: store).record(traceID: trace).rows.count == 1)
                #expect(try await ambassador.outcomes().count == number)
            }
        }
        await upstream.shutdown()
    }
}
