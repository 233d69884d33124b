import AmbassadorCore
import AmbassadorTesting
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import ambassador

/// Why LangFlow does not answer, over real sockets: what callers get, and what record, readiness and metrics say of it.
@Suite struct FailureCausesTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private static let settings = """
        flows:
          faq: {ttl: 1h, session: ignore, fallback: "We are away.", timeout: 1s}
          bare: {ttl: 1h, session: ignore, timeout: 1s}
        """

    /// What is expected of one cause.
    private struct Expected {
        let status: Int
        let error: String
        let fault: UpstreamFault
        /// How `/readyz` begins to say it; `nil` where it is no matter of LangFlow as a whole.
        var complaint: String? = "LangFlow may be away: "
    }

    private func check(
        _ expected: Expected,
        at url: String,
        _ upstreamSettings: String = "",
        connectTimeout: String = "800ms",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let store = try temporaryStore()
        try await withAmbassador(
            upstream: url,
            upstreamSettings: ", health_path: null, connect_timeout: \(connectTimeout)" + upstreamSettings,
            store: store,
            settings: Self.settings
        ) { ambassador in
            #expect(try await ambassador.get("/readyz").body == #"{"status":"ready","degraded":[]}"#)
            let error = try await ambassador.ask("q", of: "bare")
            #expect(error.status == expected.status, sourceLocation: sourceLocation)
            #expect(error.headers["content-type"] == "application/problem+json")
            #expect(error.body.contains("urn:ambassador:problem:\(expected.error)\""), sourceLocation: sourceLocation)
            for secret in ["127.0.0.1", "no-such-host", "<html", "nginx", "errno", "SSL", "venv"] {
                #expect(!error.body.contains(secret), sourceLocation: sourceLocation)
            }
            // From the first failure on.
            let ready = try await ambassador.get("/readyz")
            #expect(ready.status == 200)
            if let complaint = expected.complaint {
                let phrase = expected.fault == .credential ? "" : expected.fault.phrase
                #expect(ready.body.contains(complaint + phrase), "\(ready.body)", sourceLocation: sourceLocation)
                #expect(!ready.body.contains("127.0.0.1") && !ready.body.contains("nginx"))
            } else {
                #expect(ready.body == #"{"status":"ready","degraded":[]}"#, sourceLocation: sourceLocation)
            }
            let fallback = try await ambassador.ask("q")
            #expect(fallback.status == 200)
            #expect(fallback.headers["x-ambassador-degraded"] == "fallback")
            #expect(fallback.headers["cache-control"] == "no-store")
            let line = "ambassador_upstream_failures_total{reason=\"\(expected.fault.rawValue)\"} 2"
            #expect(ambassador.metrics.contains(line), sourceLocation: sourceLocation)
        }
        let sql = "SELECT outcome || ' ' || error || ' ' || error_detail FROM audit ORDER BY id"
        let rows = try await SQLiteAuditSource(path: store).rows(sql: sql, limit: 100).rows.map { $0[0].plainText }
        let detail = "\(expected.error) \(expected.fault.rawValue)"
        #expect(rows == ["failed \(detail)", "degraded \(detail)"], sourceLocation: sourceLocation)
    }

    private func check(_ expected: Expected, script: @escaping TestUpstream.Script) async throws {
        let upstream = try await TestUpstream.start(on: self.group, script: script)
        try await self.check(expected, at: upstream.url)
        await upstream.shutdown()
    }

    private func check(_ expected: Expected, reply: String, end: TestUpstream.Reply.End = .keepOpen) async throws {
        try await self.check(expected) { _ in .raw(reply, end: end) }
    }

    private static func unreachable(_ fault: UpstreamFault) -> Expected {
        Expected(status: 503, error: "upstream_unreachable", fault: fault)
    }

    @Test("no connection: refused, no such name, no answer to the connection")
    func noConnection() async throws {
        let port = try await FailurePeer.closedPort(on: self.group)
        try await self.check(Self.unreachable(.refused), at: "http://127.0.0.1:\(port)")
        try await self.check(Self.unreachable(.dns), at: "http://no-such-host.invalid:7860")
        try await FailurePeer.silent { port in
            try await self.check(
                Self.unreachable(.connectTimeout),
                at: "http://127.0.0.1:\(port)",
                connectTimeout: "100ms"
            )
        }
    }

    @Test("TLS: an unknown authority, another name, a port without TLS, a port with it, a handshake that fails")
    func tls() async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let upstream = try await TestUpstream.start(on: self.group, identity: try authority.identity("langflow")) { _ in
            .answer("{}")
        }
        let url = "https://127.0.0.1:\(upstream.port)"
        let trusted = ", tls: {ca_file: \"\(authority.certificate)\""
        try await self.check(Self.unreachable(.certificate), at: url)
        let identity = try authority.identity("named", names: "DNS:langflow.test")
        let named = try await TestUpstream.start(on: self.group, identity: identity) { _ in .answer("{}") }
        for name in ["", ", server_name: other.test"] {
            let settings = "\(trusted)\(name)}"
            try await self.check(Self.unreachable(.certificate), at: "https://127.0.0.1:\(named.port)", settings)
        }
        await named.shutdown()
        let other = try TestAuthority(name: "another authority")
        defer { other.remove() }
        try await self.check(
            Self.unreachable(.certificate),
            at: url,
            ", tls: {ca_file: \"\(other.certificate)\"}"
        )
        await upstream.shutdown()
        let refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        try await FailurePeer.answering(Array(refusal.utf8), on: self.group) { port in
            try await self.check(Self.unreachable(.notTLS), at: "https://127.0.0.1:\(port)")
        }
        // A fatal alert that is called handshake_failure.
        let alert: [UInt8] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]
        try await FailurePeer.answering(alert, on: self.group) { port in
            try await self.check(Self.unreachable(.tls), at: "https://127.0.0.1:\(port)")
            try await self.check(
                Expected(
                    status: 502,
                    error: "upstream_invalid",
                    fault: .speaksTLS,
                    complaint: "LangFlow is not reached: "
                ),
                at: "http://127.0.0.1:\(port)"
            )
        }
    }

    @Test("a connection that is lost: before the answer, and in the middle of a 200")
    func lost() async throws {
        let half = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"outputs\":"
        let chunk =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n"
        for reply in ["", half, chunk, String(half.prefix(20))] {
            for (end, fault) in [(TestUpstream.Reply.End.close, UpstreamFault.closed), (.reset, .reset)] {
                let expected = Expected(status: 502, error: "connection_lost", fault: fault)
                try await self.check(expected, reply: reply, end: end)
            }
        }
    }

    @Test("something else answers: another path, another program, a login page, a redirect, no HTTP at all")
    func otherProgram() async throws {
        func expected(_ error: String, _ fault: UpstreamFault) -> Expected {
            Expected(status: 502, error: error, fault: fault, complaint: "LangFlow is not reached: ")
        }
        func answer(_ status: String, _ type: String, _ body: String, _ fields: String = "") -> String {
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let page = "<html>nginx</html>"
        try await self.check(
            expected("upstream_gateway", .wrongPath),
            reply: answer("404 Not Found", "text/html", page)
        )
        try await self.check(
            expected("upstream_gateway", .wrongPath),
            reply: answer("404 Not Found", "application/json", #"{"detail":"Not Found"}"#)
        )
        try await self.check(expected("upstream_gateway", .gateway), reply: answer("403 Forbidden", "text/html", page))
        // As it ends with its connection, it may have been cut; the status is enough.
        try await self.check(
            expected("upstream_gateway", .wrongPath),
            reply: "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n\(page)",
            end: .close
        )
        try await self.check(expected("upstream_invalid", .contentType), reply: answer("200 OK", "text/html", page))
        try await self.check(
            expected("upstream_invalid", .redirect),
            reply: answer("307 Temporary Redirect", "text/html", "", "Location: http://127.0.0.1:1/\r\n")
        )
        try await self.check(expected("upstream_invalid", .malformed), reply: "SSH-2.0-OpenSSH\r\n", end: .close)
    }

    @Test("LangFlow is there and gives no answer that can be used")
    func langFlow() async throws {
        func answer(_ status: String, _ body: String) -> String {
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        try await self.check(
            Expected(status: 504, error: "upstream_timeout", fault: .timeout),
            script: { _ in .silence }
        )
        try await self.check(
            Expected(
                status: 502,
                error: "upstream_credential",
                fault: .credential,
                complaint: "LangFlow refuses upstream.api_key"
            ),
            reply: answer("403 Forbidden", #"{"detail":"Invalid or missing API key"}"#)
        )
        try await self.check(
            Expected(status: 500, error: "upstream_failed", fault: .status500, complaint: nil),
            reply: answer("500 Internal Server Error", #"{"detail":"boom"}"#)
        )
        try await self.check(
            Expected(status: 503, error: "upstream_failed", fault: .status503),
            reply: answer("503 Service Unavailable", "")
        )
        try await self.check(
            Expected(status: 502, error: "upstream_invalid", fault: .notJSON, complaint: nil),
            reply: answer("200 OK", #"{"outputs":"#)
        )
    }
}
