import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Testing

/// What real callers send that some servers refuse: taken, and with the meaning that it has.
@Suite("Lenience")
struct LenientRequestTests {
    private static func call(
        _ lines: [String] = ["Content-Length: 2"],
        start: String = "POST /run-flow HTTP/1.1",
        host: String = "Host: a",
        type: String = "Content-Type: application/json",
        body: String = "{}"
    ) -> String {
        ([start, host, type] + lines + ["", body]).joined(separator: "\r\n")
    }

    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let upgrade = [
        "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__",
    ]

    private static let last = call(["Content-Length: 1", "Connection: close"], body: "0")

    private static let calls: [(name: String, text: String)] = [
        (
            "blanks behind every value",
            call(
                ["Content-Length: 2 ", "Accept: */* \t", "X-Trace-ID: \(trace)\t", "Connection: keep-alive "],
                host: "Host: a ",
                type: "Content-Type: application/json\t "
            )
        ),
        (
            "blanks before every value",
            call(["Content-Length:\t2"], host: "Host:\t a", type: "Content-Type:  application/json")
        ),
        (
            "no blank before a value",
            call(["Content-Length:2"], host: "Host:a", type: "Content-Type:application/json")
        ),
        ("a blank behind the coding", call(["Transfer-Encoding: chunked "], body: "2\r\n{}\r\n0\r\n\r\n")),
        ("a query of nothing", call(start: "POST /run-flow? HTTP/1.1")),
        ("zeros before the length", call(["Content-Length: 002"])),
        ("a hundred zeros before the length", call(["Content-Length: \(String(repeating: "0", count: 100))2"])),
        ("a host with a port of nothing", call(host: "Host: a:")),
        ("an address with a port of nothing", call(host: "Host: [::1]:")),
        ("a whole address with its scheme's port", call(start: "POST http://a:80/run-flow HTTP/1.1")),
        ("a parameter of nothing", call(type: "Content-Type: application/json;")),
        ("parameters of nothing", call(type: "Content-Type: application/json ; ;charset=UTF8;")),
        (
            "a parameter that says nothing of JSON",
            call(type: "Content-Type: application/json; odata=verbose; charset=utf-8")
        ),
        ("an upgrade", call(upgrade + ["Content-Length: 2"])),
        ("an upgrade in chunks", chunked([], upgrade)),
        ("trailers that would frame a message", chunked(["Content-Length: 9", "Transfer-Encoding: gzip", "Host: b"])),
        (
            "trailers that would say who calls",
            chunked(["X-Tenant-ID: evil", "X-API-Key: \u{E9}"], ["Trailer: X-Tenant-ID"])
        ),
        ("64 trailers", chunked((0..<64).map { "X-\($0): a" })),
    ]

    private static func chunked(_ trailers: [String], _ lines: [String] = []) -> String {
        let end = (["0"] + trailers).map { $0 + "\r\n" }.joined()
        return self.call(lines + ["Transfer-Encoding: chunked"], body: "2\r\n{}\r\n\(end)\r\n")
    }

    @Test("a call is taken, the connection stays, and the next request is the next one", arguments: calls.indices)
    func taken(index: Int) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text = Self.calls[index].text
            for byteByByte in [false, true] {
                // Twice, so that the second one is judged as one of a known pattern where it is of one.
                let bytes = Array((text + text + Self.last).utf8)
                let (messages, ended) = try await server.exchange(bytes, byteByByte: byteByByte)
                #expect(ended)
                #expect(messages.map(\.status) == [200, 200, 200], "\(Self.calls[index].name)")
            }
            #expect(witness.bodies == ["{}", "{}", "0", "{}", "{}", "0"])
            #expect(witness.decided.allSatisfy { $0.head.tenantHeader == nil && $0.head.credential == .none })
        }
    }

    @Test("blanks behind a value are no part of what it says")
    func trimmed() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let fields = [
                "X-Tenant-ID: acme \t", "X-API-Key: key-1 ", "X-LANGFLOW-GLOBAL-VAR-A: kind words ",
                "traceparent: 00-\(Self.trace)-00f067aa0ba902b7-01 ", "Accept: text/plain\t",
                "Cache-Control: no-cache ", "Content-Length: 2", "Connection: close ",
            ]
            let (messages, ended) = try await server.exchange(Array(Self.call(fields).utf8))
            #expect(ended && messages.map(\.status) == [200])
            let request = try #require(witness.decided.first)
            #expect(request.head.tenantHeader == "acme" && request.head.wantsText)
            #expect(request.head.credential == .apiKey(Secret("key-1")))
            #expect(request.head.globalVariables == [GlobalVariable(name: "A", value: "kind words")])
            #expect(request.head.directives?.noCache == true)
            #expect(request.traceID.description == Self.trace)
        }
    }

    @Test(
        "what follows a request that asks for another protocol is read as HTTP/1.1",
        arguments: [
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400), ("\u{81}\u{05}hello", 400),
            ("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        ]
    )
    func behindUpgrade(text: String, status: Int) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let empty = "GET /healthz HTTP/1.1\r\nHost: a\r\n" + Self.upgrade.joined(separator: "\r\n") + "\r\n\r\n"
            for first in [Self.call(Self.upgrade + ["Content-Length: 2"]), empty] {
                let (messages, ended) = try await server.exchange(Array((first + text).utf8))
                #expect(ended)
                #expect(messages.map(\.status) == [200, status])
                #expect(messages.first?.field("connection") == nil && messages.first?.field("upgrade") == nil)
            }
        }
        #expect(witness.bodies == ["{}"])
    }

    @Test("500 requests that ask for HTTP/2 share one connection", arguments: ["POST", "GET"])
    func manyUpgrades(method: String) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            for number in 1...500 {
                let get = "GET /healthz HTTP/1.1\r\nHost: a\r\n" + Self.upgrade.joined(separator: "\r\n") + "\r\n\r\n"
                let body = "\"\(number)\""
                let post = Self.call(Self.upgrade + ["Content-Length: \(body.utf8.count)"], body: body)
                try await connection.send(method == "GET" ? get : post)
                let bytes = await connection.receive { ResponseMessage.all(in: $0).count == number }
                guard ResponseMessage.all(in: bytes).last?.status == 200 else {
                    Issue.record("request \(number) has no answer")
                    return
                }
            }
            await connection.close()
        }
        #expect(witness.decided.count == (method == "POST" ? 500 : 0))
    }

    @Test(
        "a method that nobody knows is not implemented, one that the route lacks is not allowed",
        arguments: [("BREW", 501), ("post", 501), ("DESCRIBE", 501), ("PROPFIND", 405), ("GET", 405), ("P@ST", 400)]
    )
    func methods(method: String, status: Int) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text = Self.call(["Content-Length: 2", "Connection: close"], start: "\(method) /run-flow HTTP/1.1")
            let (messages, ended) = try await server.exchange(Array(text.utf8))
            #expect(ended)
            #expect(messages.map(\.status) == [status])
            #expect((messages.first?.field("allow") != nil) == (status == 405))
        }
        #expect(witness.bodies.isEmpty && witness.refused.count == 1)
    }
}
