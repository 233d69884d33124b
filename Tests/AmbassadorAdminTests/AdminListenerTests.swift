import AmbassadorCore
import AmbassadorIdentity
import AmbassadorTesting
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import AmbassadorAdmin

@Suite("The admin plane's listener")
struct AdminListenerTests {
    @Test("a foreign host and any origin are refused before a credential is looked at")
    func refused() async throws {
        try await withAdmin(OpenAuthenticator()) { admin async throws in
            for (headers, status) in [
                ([("host", "admin.internal:8081")], 200), ([("host", "evil.example")], 421), ([], 200),
                ([("origin", "http://localhost")], 403), ([("origin", "null")], 403),
            ] as [([(String, String)], Int)] {
                #expect(try await admin.send(.GET, "/metrics", headers: headers).status == status, "\(headers)")
            }
        }
    }

    @Test(
        "it has the data plane's rules of framing",
        arguments: [
            ("GET /metrics HTTP/1.0\r\n\r\n", 200), ("GET /metrics HTTP/1.1\r\n\r\n", 400),
            ("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
            ("GET http://localhost/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200),
            ("GET http://localhost/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 400),
            ("GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404),
            ("GET /admin/../metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
            (
                "CONNECT /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 501
            ),
            ("GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200),
            (
                "POST /admin/v1/cache/purge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n"
                    + "Content-Type: application/json\r\n\r\n", 413
            ),
        ]
    )
    func framing(text: String, status: Int) async throws {
        try await withAdmin(OpenAuthenticator()) { admin async throws in
            let connection = try await admin.connect()
            try await connection.send(text)
            let (bytes, ended) = await connection.receiveToEnd()
            let answer = String(decoding: bytes, as: UTF8.self)
            #expect(ended)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.contains("application/problem+json") == (status != 200))
            // One answer, with a body that says what is wrong.
            #expect(answer.ranges(of: "HTTP/1.1 ").count == 1)
            #expect(status == 200 || answer.contains(#""trace_id""#))
            await connection.close()
        }
    }

    @Test("300 connections whose heads do not end are no hindrance to those that ask")
    func trickling() async throws {
        try await withAdmin(OpenAuthenticator()) { admin async throws in
            var slow: [RawConnection] = []
            for number in 0..<300 {
                let connection = try await admin.connect()
                try await connection.send("GET /metrics HTTP/1.1\r\nX-Slow: \(number)")
                slow.append(connection)
            }
            #expect(try await admin.send(.GET, "/metrics").status == 200)
            for connection in slow { await connection.close() }
        }
    }

    @Test("300 connections whose bodies do not end are none either")
    func tricklingBodies() async throws {
        try await withAdmin(OpenAuthenticator()) { admin async throws in
            var slow: [RawConnection] = []
            for _ in 0..<300 {
                let connection = try await admin.connect()
                try await connection.send(
                    "POST /admin/v1/cache/purge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"
                )
                slow.append(connection)
            }
            #expect(try await admin.send(.GET, "/metrics").status == 200)
            for connection in slow { await connection.close() }
        }
    }

    @Test("after so many credentials that are not accepted an address must wait; one that is accepted always passes")
    func guesses() async throws {
        var keys = AdminKeys()
        let key = try keys.make("ops", [.adminRead])
        let limit = try RateLimit(name: "failures", by: [.address], rate: try Rate(count: 10, periodSeconds: 60))
        let failures = RateLimiter([limit], metrics: MetricRegistry(), clocks: MockClock().clocks)
        try await withAdmin(keys.authenticator, failures: failures) { admin in
            var statuses: [Int] = []
            for number in 0..<12 {
                statuses.append(try await admin.send(.GET, "/metrics", headers: [("x-api-key", "\(number)")]).status)
                #expect(try await admin.send(.GET, "/metrics", headers: [("x-api-key", key)]).status == 200)
            }
            #expect(statuses == Array(repeating: 401, count: 10) + [429, 429])
            let answer = try await admin.send(.GET, "/metrics")
            #expect(answer.status == 429)
            #expect(answer.headers["retry-after"].first.flatMap { Int($0) } ?? 0 > 0)
        }
    }

    @Test("a long body is not read for who has no credential")
    func longBody() async throws {
        let keys = AdminKeys()
        try await withAdmin(keys.authenticator) { admin in
            let connection = try await admin.connect()
            try await connection.send(
                "POST /admin/v1/cache/pin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n"
                    + "Content-Type: application/json\r\n\r\n"
            )
            let (bytes, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 401 "))
            await connection.close()
        }
    }
}

extension AdminHarness {
    func connect() async throws -> RawConnection {
        try await RawConnection.open(to: self.address, group: MultiThreadedEventLoopGroup.singleton)
    }
}
