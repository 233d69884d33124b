import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import Testing

/// What browsers are told of the web pages that may call.
@Suite("Cross-origin calls") struct CrossOriginTests {
    private static let page = "https://chat.example.com"
    private static let exposed =
        "X-Trace-ID, Cache-Status, Age, X-Ambassador-Degraded, X-Ambassador-Version, RateLimit-Policy, RateLimit, Retry-After"
    private static let allowed =
        "Authorization, Content-Type, X-API-Key, X-Tenant-ID, X-Trace-ID, traceparent, tracestate, Cache-Control"

    private static func run(
        _ origins: [String],
        _ witness: WitnessResponder = WitnessResponder(),
        headers: [PageHeader] = [.any],
        body: (ServerHarness) async throws -> Void
    ) async throws {
        let listed = try origins.map { try WebOrigin($0) }
        try await ServerHarness.run(
            witness,
            configure: { $0.crossOrigin = CrossOriginPolicy(origins: listed, headers: headers, maxAgeSeconds: 600) },
            body: body
        )
    }

    /// A preflight as browsers send it.
    private static func preflight(_ path: String, origin: String, headers: String = "content-type,x-api-key") -> String
    {
        """
        OPTIONS \(path) HTTP/1.1\r
        Host: a\r
        Accept: */*\r
        Access-Control-Request-Method: POST\r
        Access-Control-Request-Headers: \(headers)\r
        Origin: \(origin)\r
        Sec-Fetch-Mode: cors\r
        Sec-Fetch-Site: cross-site\r
        Connection: close\r
        \r

        """
    }

    private static func answer(_ server: ServerHarness, _ text: String) async throws -> ResponseMessage {
        let (messages, ended) = try await server.exchange(Array(text.utf8))
        #expect(ended)
        return try #require(messages.first)
    }

    private static func crossOriginFields(_ message: ResponseMessage) -> [String] {
        message.fields.filter { $0.hasPrefix("Access-Control-") || $0.hasPrefix("Vary") || $0.hasPrefix("Allow") }
    }

    @Test(
        "a listed page's preflight is told what it may do, on every route",
        arguments: [
            ("/run-flow", "POST"), ("/api/v1/run/faq", "POST"), ("/api/v1/run/faq?stream=true", "POST"),
            ("/healthz", "GET, HEAD"),
        ]
    )
    func preflight(path: String, methods: String) async throws {
        let witness = WitnessResponder()
        try await Self.run(["http://localhost:3000", Self.page], witness) { server in
            let message = try await Self.answer(server, Self.preflight(path, origin: Self.page))
            #expect(message.status == 204)
            #expect(message.field("content-length") == nil)
            #expect(
                Self.crossOriginFields(message) == [
                    "Allow: \(methods), OPTIONS", "Access-Control-Allow-Origin: \(Self.page)",
                    "Access-Control-Allow-Headers: \(Self.allowed)",
                    "Access-Control-Allow-Methods: \(methods), OPTIONS", "Access-Control-Max-Age: 600", "Vary: Origin",
                ]
            )
        }
        #expect(witness.decided.isEmpty && witness.refused.isEmpty)
    }

    private static func allowed(_ asked: String, _ headers: [PageHeader]) async throws -> String? {
        var allowed: String?
        try await Self.run([Self.page], headers: headers) { server in
            let message = try await Self.answer(server, Self.preflight("/run-flow", origin: Self.page, headers: asked))
            allowed = message.field("access-control-allow-headers")
        }
        return allowed
    }

    @Test("what a page asks to set is allowed, but for what is no name, would be refused, or is no page's to set")
    func askedHeaders() async throws {
        let asked =
            "content-type, x-requested-with,idempotency-key,tracestate,TraceParent, X-Stainless-OS,openai-organization, "
            + "x-langflow-global-var-tone"
        #expect(
            try await Self.allowed(asked, [.any])
                == Self.allowed
                + ", x-requested-with, idempotency-key, X-Stainless-OS, openai-organization, x-langflow-global-var-tone"
        )
        let refused = "content-encoding,Transfer-Encoding,cookie,host,expect,upgrade,*,a*,x y,x\"y,,x:y,\u{E9},"
        #expect(try await Self.allowed(refused + String(repeating: "a", count: 151), [.any]) == Self.allowed)
        let many = (0..<100).map { "x-\($0)" }
        #expect(
            try await Self.allowed(many.joined(separator: ","), [.any])
                == Self.allowed + ", " + many.prefix(64).joined(separator: ", ")
        )
    }

    @Test("where an operator lists them, these are allowed and no others but global variables, by name")
    func listedHeaders() async throws {
        let asked =
            "x-evil,x-langflow-global-var-tone, X-LANGFLOW-GLOBAL-VAR-A_b-1,x-langflow-global-var-,x-langflow-global-var-a b"
        #expect(
            try await Self.allowed(asked, [])
                == Self.allowed + ", x-langflow-global-var-tone, X-LANGFLOW-GLOBAL-VAR-A_b-1"
        )
        let headers = [try PageHeader("X-Requested-With"), try PageHeader("Idempotency-Key")]
        #expect(
            try await Self.allowed("x-requested-with,x-evil", headers)
                == Self.allowed + ", X-Requested-With, Idempotency-Key"
        )
        for name in ["", "a b", "a,b", "Cookie", "content-encoding", "a*", "a\r\nb", "\u{E9}"] {
            #expect(throws: InvalidValue.self, "\(name)") { try PageHeader(name) }
        }
    }

    @Test(
        "an origin that is not listed byte for byte is told nothing and repeated never",
        arguments: [
            "https://chat.example.com.evil.example", "https://chat.example.com:8443", "http://chat.example.com",
            "https://Chat.example.com", "https://chat.example.com/", "null", "https://chat.example.co",
            "https://evil.example", "*", "",
        ]
    )
    func unlisted(origin: String) async throws {
        try await Self.run([Self.page]) { server in
            let preflight = try await Self.answer(server, Self.preflight("/run-flow", origin: origin))
            #expect(preflight.status == 204)
            #expect(Self.crossOriginFields(preflight) == ["Allow: POST, OPTIONS", "Vary: Origin"])
            let call = ConnectionTests.post("1", fields: ["Origin: \(origin)", "Connection: close"])
            let answer = try await Self.answer(server, call)
            #expect(answer.status == 200)
            #expect(Self.crossOriginFields(answer) == ["Vary: Origin"])
        }
    }

    @Test("a call without an origin, or with two, is told nothing", arguments: [0, 2])
    func notOne(count: Int) async throws {
        try await Self.run([Self.page]) { server in
            let fields = Array(repeating: "Origin: \(Self.page)", count: count) + ["Connection: close"]
            let answer = try await Self.answer(server, ConnectionTests.post("1", fields: fields))
            #expect(answer.status == 200)
            #expect(Self.crossOriginFields(answer) == ["Vary: Origin"])
        }
    }

    @Test("every page may call where the list says so")
    func any() async throws {
        try await Self.run(["*"]) { server in
            let call = ConnectionTests.post("1", fields: ["Origin: https://any.example", "Connection: close"])
            #expect(
                Self.crossOriginFields(try await Self.answer(server, call)) == [
                    "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: \(Self.exposed)",
                ]
            )
            let preflight = try await Self.answer(server, Self.preflight("/run-flow", origin: "https://any.example"))
            #expect(preflight.field("access-control-allow-origin") == "*")
            #expect(preflight.field("access-control-allow-credentials") == nil)
        }
    }

    @Test("answers on one connection each belong to their own page, known heads and new ones")
    func connection() async throws {
        try await Self.run([Self.page, "http://localhost:3000"]) { server in
            let connection = try await server.connect()
            let origins = [Self.page, Self.page, "http://localhost:3000", "https://evil.example", Self.page, Self.page]
            for (number, origin) in origins.enumerated() {
                try await connection.send(ConnectionTests.post("\(number)", fields: ["Origin: \(origin)"]))
                let bytes = await connection.receive { ResponseMessage.all(in: $0).count == number + 1 }
                let answer = try #require(ResponseMessage.all(in: bytes).last)
                #expect(answer.field("access-control-allow-origin") == (origin.contains("evil") ? nil : origin))
                #expect(answer.body == "\(number)")
            }
            await connection.close()
        }
    }

    @Test(
        "a page can read why it was refused",
        arguments: [
            ("POST /nowhere HTTP/1.1", "Content-Length: 0", 404), ("PUT /run-flow HTTP/1.1", "Content-Length: 0", 405),
            ("POST /run-flow HTTP/1.1", "Content-Type: text/plain\r\nContent-Length: 0", 415),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/json\r\nContent-Length: 99999999", 413),
            ("POST /run-flow?x=y HTTP/1.1", "Content-Length: 0", 400),
            ("POST /run-flow HTTP/1.1", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz", 400),
            ("OPTIONS /nowhere HTTP/1.1", "X-A: b", 404),
        ]
    )
    func refused(start: String, fields: String, status: Int) async throws {
        try await Self.run([Self.page]) { server in
            let text = "\(start)\r\nHost: a\r\nConnection: close\r\nOrigin: \(Self.page)\r\n\(fields)\r\n\r\n"
            let message = try await Self.answer(server, text)
            #expect(message.status == status)
            #expect(message.field("access-control-allow-origin") == Self.page)
            #expect(message.field("access-control-expose-headers") == Self.exposed)
            #expect(message.field("allow") == (status == 405 ? "POST, OPTIONS" : nil))
        }
    }

    @Test("a page can read a stream")
    func stream() async throws {
        let stream = ScriptedStream(records: RecordedStream.echo)
        try await Self.run([Self.page], StreamedResponseTests.streaming(stream)) { server in
            let connection = try await server.connect()
            let fields = ["Origin: \(Self.page)", "Connection: close"]
            try await connection.send(ConnectionTests.post("\"stream\"", fields: fields))
            let message = try #require(ChunkedMessage(await connection.receiveToEnd().bytes))
            #expect(message.fields.contains("Access-Control-Allow-Origin: \(Self.page)"))
            #expect(message.chunks == RecordedStream.echo)
            await connection.close()
        }
    }

    @Test("preflights and calls share a connection in their order")
    func keepAlive() async throws {
        let witness = WitnessResponder()
        try await Self.run([Self.page], witness) { server in
            let preflight = Self.preflight("/run-flow", origin: Self.page).replacing("Connection: close\r\n", with: "")
            let last = ConnectionTests.post("2", fields: ["Connection: close"])
            let text = preflight + ConnectionTests.post("1", fields: ["Origin: \(Self.page)"]) + preflight + last
            let (messages, ended) = try await server.exchange(Array(text.utf8))
            #expect(ended)
            #expect(messages.map(\.status) == [204, 200, 204, 200])
            #expect(witness.bodies == ["1", "2"])
        }
    }

    @Test("without a list nothing is said, and OPTIONS is no method")
    func off() async throws {
        try await ServerHarness.run(WitnessResponder()) { server in
            let preflight = try await Self.answer(server, Self.preflight("/run-flow", origin: Self.page))
            #expect(preflight.status == 405)
            #expect(Self.crossOriginFields(preflight) == ["Allow: POST"])
            let call = ConnectionTests.post("1", fields: ["Origin: \(Self.page)", "Connection: close"])
            #expect(Self.crossOriginFields(try await Self.answer(server, call)) == [])
        }
        #expect(CrossOriginPolicy(origins: [], maxAgeSeconds: 600) == nil)
    }
}
