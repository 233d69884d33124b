import AmbassadorTesting
import Foundation
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import ambassador

/// Whoever is nobody here is told so before a long body is read.
@Suite struct EarlyRefusalTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private static func head(_ key: String, _ fields: String) -> String {
        "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-API-Key: \(key)\r\n\(fields)\r\n\r\n"
    }

    private func withKey(
        _ body: @Sendable (RunningAmbassador, _ key: String) async throws -> Void
    ) async throws -> [String] {
        let store = try temporaryStore()
        let keys = TestKeyFile(besideStore: store)
        let key = try keys.add("ci", tenant: .named("acme"), "run")
        let upstream = try await TestUpstream.langFlow(on: self.group)
        let settings = "auth: {mode: api_keys, keys_file: \"\(keys.path)\", failures: 1000/s}"
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { ambassador in
            try await body(ambassador, key)
        }
        await upstream.shutdown()
        let table = try await SQLiteAuditSource(path: store).rows(
            sql: "SELECT status || ' ' || coalesce(error, '-') || ' ' || route FROM audit ORDER BY time_ms, id",
            limit: 100
        )
        return table.rows.map { $0[0].plainText }
    }

    @Test("an announced body is not waited for", arguments: ["", "Expect: 100-continue\r\n"])
    func announced(expectation: String) async throws {
        let group = self.group
        let records = try await self.withKey { ambassador, key in
            let address = try #require(ambassador.assembly.dataAddress)
            let connection = try await RawConnection.open(to: address, group: group)
            // Not a byte of the body.
            try await connection.send(Self.head("amb_x", "\(expectation)Content-Length: 1000000"))
            let text = String(decoding: await connection.receiveToEnd().bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(text.contains("WWW-Authenticate: ") && text.contains("Connection: close"))
            await connection.close()
        }
        #expect(records == ["401 unauthenticated run-flow"])
    }

    @Test("behind a short chunked body the connection goes on, and a long body with a good key is read")
    func goesOn() async throws {
        let group = self.group
        let records = try await self.withKey { ambassador, key in
            let address = try #require(ambassador.assembly.dataAddress)
            let connection = try await RawConnection.open(to: address, group: group)
            let chunks = "4\r\nevil\r\n0\r\n\r\n"
            try await connection.send(Self.head("amb_x", "Transfer-Encoding: chunked") + chunks)
            let call = #"{"flow_id":"faq","input":""# + String(repeating: "x", count: 200_000) + #""}"#
            try await connection.send(Self.head(key, "Content-Length: \(call.utf8.count)\r\nConnection: close") + call)
            let text = String(decoding: await connection.receiveToEnd().bytes, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK\r\n").count == 2)
            await connection.close()
        }
        #expect(records == ["401 unauthenticated run-flow", "200 - run-flow"])
    }
}
