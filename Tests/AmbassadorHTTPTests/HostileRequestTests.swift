import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import Testing

/// Requests that must never be run, each sent whole, byte by byte, and behind a good one.
@Suite struct HostileRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let statuses: Set<Int>

        var testDescription: String { self.name }

        init(_ name: String, _ text: String, _ statuses: Set<Int> = [400]) {
            self.init(name, Array(text.utf8), statuses)
        }

        init(_ name: String, _ bytes: [UInt8], _ statuses: Set<Int> = [400]) {
            self.name = name
            self.bytes = bytes
            self.statuses = statuses
        }
    }

    private static let good =
        "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"good\""

    /// A request with more header lines and some body; what is hidden behind it would be executed by a confused parser.
    private static func post(
        _ lines: String,
        body: String = "\"evil\"",
        start: String = "POST /run-flow HTTP/1.1"
    ) -> String {
        "\(start)\r\nHost: a\r\nContent-Type: application/json\r\n\(lines)\r\n\r\n\(body)"
    }

    private static func bytes(_ head: String, _ raw: [UInt8], _ tail: String) -> [UInt8] {
        Array(head.utf8) + raw + Array(tail.utf8)
    }

    private static let chunked = "Transfer-Encoding: chunked"

    private static let framing: [Case] = [
        Case(
            "length and chunked",
            post("Content-Length: 6\r\nTransfer-Encoding: chunked", body: "6\r\n\"evil\"\r\n0\r\n\r\n")
        ),
        Case(
            "chunked and length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 6", body: "6\r\n\"evil\"\r\n0\r\n\r\n")
        ),
        Case(
            "chunked in HTTP/1.0",
            post(chunked, body: "6\r\n\"evil\"\r\n0\r\n\r\n", start: "POST /run-flow HTTP/1.0")
        ),
        Case("two lengths that differ", post("Content-Length: 6\r\nContent-Length: 5")),
        Case("two lengths that agree", post("Content-Length: 6\r\nContent-Length: 6")),
        Case("two chunked lines", post("\(chunked)\r\n\(chunked)", body: "6\r\n\"evil\"\r\n0\r\n\r\n")),
    ]

    private static let lengths: [Case] = [
        "", "+6", "-1", "0x6", "6_0", "6 6", "6, 6", "1Z", "6;", "9223372036854775808",
        "18446744073709551616",
        "18446744073709551622", String(repeating: "9", count: 100), "6.0", "\"6\"", "six",
    ].map { Case("length \($0.prefix(24))", post("Content-Length: \($0)")) }

    private static let codings: [Case] =
        [
            "xchunked", ",chunked", "chunked,", "chunked, identity", "gzip, chunked", "identity", "chunked;q=1",
            "chunked chunked",
            "\"chunked\"", "gzip", "chunked, chunked", "\u{B}chunked",
        ].map { Case("coding \($0)", post("Transfer-Encoding: \($0)", body: "6\r\n\"evil\"\r\n0\r\n\r\n")) } + [
            Case(
                "coding behind 0xA0",
                bytes(
                    "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: ",
                    [0xA0],
                    "chunked\r\n\r\n0\r\n\r\n"
                )
            ),
            Case(
                "coding behind 0x85",
                bytes(
                    "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: ",
                    [0x85],
                    "chunked\r\n\r\n0\r\n\r\n"
                )
            ),
        ]

    private static let chunks: [Case] = [
        "0x6\r\n\"evil\"\r\n0\r\n\r\n", "+6\r\n\"evil\"\r\n0\r\n\r\n", "-0\r\n\r\n", " 6\r\n\"evil\"\r\n0\r\n\r\n",
        "12345678901234567\r\n\"evil\"\r\n0\r\n\r\n", "\r\n\"evil\"\r\n0\r\n\r\n", "0_2e\r\n\r\n", "g\r\n\r\n",
        "6\n\"evil\"\r\n0\r\n\r\n", "6\r\n\"evil\"\n0\r\n\r\n", "6\r\n\"evil\"\r0\r\n\r\n", "6\r\n\"evil\"XX0\r\n\r\n",
        "6\r\n\"evil\"0\r\n\r\n", "6\rX\n\"evil\"\r\n0\r\n\r\n", "6\r\n\"evil\"\r\n0\n\n", "6\r\n\"evil\"\r\n0\r\n\rX",
        "6\r\n\"evil\"\r\n-1\r\n\r\n", "6,\r\n\"evil\"\r\n0\r\n\r\n",
        "6\r\n\"evil\"\r\n0\r\nContent-Length : 9\r\n\r\n",
    ].enumerated().map { Case("chunks \($0)", post(chunked, body: $1)) }

    private static let lines: [Case] = [
        Case(
            "bare LF after the request line",
            "POST /run-flow HTTP/1.1\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"evil\"",
            [400, 505]
        ),
        Case(
            "bare LF after a field",
            "POST /run-flow HTTP/1.1\r\nHost: a\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"evil\""
        ),
        Case(
            "bare LF at the end of the head",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\n\"evil\""
        ),
        Case("bare CR after the request line", "POST /run-flow HTTP/1.1\rHost: a\r\nContent-Length: 6\r\n\r\n\"evil\""),
        Case("bare CR in a value", post("X-A: b\rX-B: c\r\nContent-Length: 6")),
        Case("CR without LF at the end of the head", "POST /run-flow HTTP/1.1\r\nHost: a\r\n\rX"),
        Case("a folded field", post("X-A: b\r\n c\r\nContent-Length: 6")),
        Case("a field folded with a tab", post("X-A: b\r\n\tc\r\nContent-Length: 6")),
        Case(
            "a fold before the first field",
            "POST /run-flow HTTP/1.1\r\n Host: a\r\nContent-Length: 6\r\n\r\n\"evil\""
        ),
        Case("a blank before the colon", post("Content-Length : 6")),
        Case("a tab before the colon", post("Content-Length\t: 6")),
        Case("a line without a colon", post("Nonsense\r\nContent-Length: 6")),
        Case("an empty name", post(": x\r\nContent-Length: 6")),
        Case("a colon alone", post(":\r\nContent-Length: 6")),
        Case("a NUL in a name", post("X\u{0}A: b\r\nContent-Length: 6")),
        Case("a control byte in a name", post("X\u{1}A: b\r\nContent-Length: 6")),
        Case("a high byte in a name", post("X\u{E9}A: b\r\nContent-Length: 6")),
        Case("a NUL in a value", post("X-A: b\u{0}c\r\nContent-Length: 6")),
        Case("a blank in a name", post("X A: b\r\nContent-Length: 6")),
        Case("quotes in a name", post("\"X\": b\r\nContent-Length: 6")),
    ]

    private static let starts: [Case] = [
        Case("HTTP/0.9", post("Content-Length: 6", start: "POST /run-flow HTTP/0.9"), [400, 505]),
        Case("HTTP/1.2", post("Content-Length: 6", start: "POST /run-flow HTTP/1.2"), [400, 505]),
        Case("HTTP/1.32", post("Content-Length: 6", start: "POST /run-flow HTTP/1.32"), [400, 505]),
        Case("HTTP/2.0", post("Content-Length: 6", start: "POST /run-flow HTTP/2.0"), [400, 505]),
        Case("HTTP/3.0", post("Content-Length: 6", start: "POST /run-flow HTTP/3.0"), [400, 505]),
        Case(
            "HTTP/4294967295.255",
            post("Content-Length: 6", start: "POST /run-flow HTTP/4294967295.255"),
            [400, 505]
        ),
        Case("http/1.1", post("Content-Length: 6", start: "POST /run-flow http/1.1")),
        Case("HTTP/1", post("Content-Length: 6", start: "POST /run-flow HTTP/1"), [400, 505]),
        Case("no version", "POST /run-flow\r\nHost: a\r\n\r\n", [400, 505]),
        Case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
        Case("a method in lower case", post("Content-Length: 6", start: "post /run-flow HTTP/1.1"), [501]),
        Case("a method of another protocol", post("Content-Length: 6", start: "SETUP /run-flow HTTP/1.1"), [501]),
        Case(
            "a method of 200 bytes",
            post("Content-Length: 6", start: String(repeating: "A", count: 200) + " /run-flow HTTP/1.1"),
            [501]
        ),
        // Byte by byte it is unknown before it is found to be none.
        Case("a method that is no token", post("Content-Length: 6", start: "G=\"X\" /run-flow HTTP/1.1"), [400, 501]),
        Case("a target with a blank", post("Content-Length: 6", start: "POST /run flow HTTP/1.1")),
        Case("a tab between the parts", post("Content-Length: 6", start: "POST\t/run-flow\tHTTP/1.1")),
        Case("a target with an escape", post("Content-Length: 6", start: "POST /run%2dflow HTTP/1.1")),
        Case("another authority", post("Content-Length: 6", start: "POST http://b/run-flow HTTP/1.1")),
        Case("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n" + good),
        Case(
            "a TLS ClientHello",
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + [UInt8](repeating: 7, count: 64)
        ),
        Case("an SSH banner", "SSH-2.0-OpenSSH_9.2p1\r\n", [400, 501]),
        Case("a PROXY line", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + good, [400, 501]),
        Case(
            "a PROXY v2 header",
            [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0x00, 0x0C]
        ),
    ]

    private static let hosts: [Case] =
        [
            "a, b", "a@b", "x/y", "", "a b", "a:0", "a:65536", "a:x", "a:80:80", "[::1", "::1]", "[]", "[g]",
            "a?b", "a#b", "a%2e",
            "a\\b", "\u{E9}", "a;b", "a=b", "a:+80",
        ].map { host in
            Case(
                "host \(host)",
                "POST /run-flow HTTP/1.1\r\nHost: \(host)\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"evil\""
            )
        } + [
            Case(
                "no host",
                "POST /run-flow HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"evil\""
            ),
            Case("two hosts", post("Host: a\r\nContent-Length: 6")),
        ]

    private static let fields: [Case] =
        [
            "content-length", "Host", "Authorization", "x-api-key", "X-Tenant-ID", "x-tenant", "transfer-encoding",
            "close, Content-Length",
            "traceparent", "X-LANGFLOW-GLOBAL-VAR-A", "keep-alive,host",
        ].map { Case("Connection: \($0)", post("Connection: \($0)\r\nContent-Length: 6")) } + [
            Case("two tenants", post("X-Tenant-ID: a\r\nX-Tenant-ID: a\r\nContent-Length: 6")),
            Case("two authorizations", post("Authorization: a\r\nAuthorization: b\r\nContent-Length: 6")),
            Case("two keys", post("X-API-Key: a\r\nx-api-key: b\r\nContent-Length: 6")),
            Case("two types", post("Content-Type: application/json\r\nContent-Length: 6")),
            Case("a tenant with a high byte", post("X-Tenant-ID: \u{E9}\r\nContent-Length: 6")),
            Case("an authorization with a high byte", post("Authorization: \u{E9}\r\nContent-Length: 6")),
            Case("a variable with a high byte", post("X-LANGFLOW-GLOBAL-VAR-A: \u{E9}\r\nContent-Length: 6")),
            Case(
                "a variable twice",
                post("X-LANGFLOW-GLOBAL-VAR-A: 1\r\nx-langflow-global-var-a: 2\r\nContent-Length: 6")
            ),
            Case("a variable with a dot in its name", post("X-LANGFLOW-GLOBAL-VAR-A.B: 1\r\nContent-Length: 6")),
        ]

    static let all = framing + lengths + codings + chunks + lines + starts + hosts + fields

    @Test("a hostile request is refused, reaches nothing, and its connection is closed", arguments: all)
    func refused(hostile: Case) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            // A good request hidden behind must not be seen either.
            let bytes = hostile.bytes + Array(Self.good.replacing("good", with: "hidden").utf8)
            for byteByByte in [false, true] {
                let (messages, ended) = try await server.exchange(bytes, byteByByte: byteByByte)
                #expect(ended, "the connection stays open")
                #expect(messages.count == 1)
                #expect(hostile.statuses.contains(messages.first?.status ?? 0), "\(messages)")
                #expect(messages.first?.field("connection") == "close")
                #expect(witness.bodies == [])
            }
            let (messages, ended) = try await server.exchange(Array(Self.good.utf8) + bytes)
            #expect(ended)
            #expect(messages.count == 2)
            #expect(messages.first?.status == 200)
            #expect(messages.first?.body == "\"good\"")
            #expect(hostile.statuses.contains(messages.last?.status ?? 0))
            #expect(witness.bodies == ["\"good\""])
            #expect(witness.refused.count == 3)
        }
    }

    @Test(
        "a request that is cut off is refused where its end was due",
        arguments: [
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n1234",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n\"evil",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n\"evil\"\r\n",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Ty", "POST /run-fl", "PO",
        ]
    )
    func truncated(text: String) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            try await connection.send(text)
            try await connection.finishSending()
            let (received, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(ResponseMessage.all(in: received).map(\.status) == [400])
            #expect(witness.bodies == [])
        }
    }

    @Test(
        "what is refused early is not run, nor is what its body hides",
        arguments: [
            ("POST /nowhere HTTP/1.1", "Content-Type: application/json", 404),
            ("DELETE /run-flow HTTP/1.1", "X-A: b", 405),
            ("GET /run-flow HTTP/1.1", "X-A: b", 405), ("QUERY /run-flow HTTP/1.1", "X-A: b", 405),
            ("OPTIONS /run-flow HTTP/1.1", "X-A: b", 405), ("POST /healthz HTTP/1.1", "X-A: b", 405),
            ("POST /run-flow HTTP/1.1", "X-A: no-type", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: text/plain", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/json; charset=latin1", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/jsonx", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/json\r\nContent-Encoding: gzip", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/json\r\nContent-Encoding: identity,gzip", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/json\r\nContent-Encoding: br", 415),
            ("GET /healthz HTTP/1.1", "X-A: b", 200),
        ]
    )
    func drained(start: String, field: String, status: Int) async throws {
        let hidden = Self.good.replacing("good", with: "evil")
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text =
                "\(start)\r\nHost: a\r\n\(field)\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n\(hidden)\(Self.good)"
            let connection = try await server.connect()
            try await connection.send(text)
            try await connection.finishSending()
            let (received, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(ResponseMessage.all(in: received).map(\.status) == [status, 200])
            #expect(witness.bodies == ["\"good\""])
        }
    }
}
