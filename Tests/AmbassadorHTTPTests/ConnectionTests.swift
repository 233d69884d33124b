import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import Testing

@Suite struct ConnectionTests {
    static func post(_ body: String, fields: [String] = [], start: String = "POST /run-flow HTTP/1.1") -> String {
        let lines = [start, "Host: a", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"] + fields
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    private static func responses(_ connection: RawConnection, _ count: Int) async -> [ResponseMessage] {
        let bytes = await connection.receive { ResponseMessage.all(in: $0).count >= count }
        return ResponseMessage.all(in: bytes)
    }

    /// A decision that waits for a signal where the body says so.
    private static func waiting(for gate: Gate) -> WitnessResponder {
        WitnessResponder { request in
            guard String(buffer: request.body).hasPrefix("\"wait") else { return .answered(.echo(of: request)) }
            return .pending {
                await gate.wait()
                return .echo(of: request)
            }
        }
    }

    @Test("a request reaches the responder as it was sent, whole or byte by byte", arguments: [false, true])
    func request(byteByByte: Bool) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let fields = [
                "X-Tenant-ID: acme", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "X-Trace-ID: 00000000000000000000000000000001", "Accept: text/plain",
                "x-langflow-global-var-Tone: kind words",
                "Connection: close, x-foo", "X-Foo: 1", "Cookie: a=b",
            ]
            let text = Self.post(#"{"a":1}"#, fields: fields, start: "POST /api/v1/run/faq?stream=false HTTP/1.1")
            let (messages, ended) = try await server.exchange(Array(text.utf8), byteByByte: byteByByte)
            #expect(ended)
            #expect(messages.map(\.status) == [200])
            #expect(messages.first?.body == #"{"a":1}"#)
            #expect(messages.first?.field("x-trace-id") == "0af7651916cd43dd8448eb211c80319c")
            let request = try #require(witness.decided.first)
            #expect(request.head.route == .langFlowRun(try #require(FlowName("faq"))))
            #expect(request.head.tenantHeader == "acme")
            #expect(request.head.wantsText)
            #expect(request.head.globalVariables == [GlobalVariable(name: "TONE", value: "kind words")])
            #expect(request.clientAddress == "127.0.0.1")
        }
    }

    @Test(
        "text is meant where it is wanted more than JSON",
        arguments: [
            ("text/plain", true), ("Text/Plain; q=0.5", true), ("text/plain, application/json", false),
            ("text/plain, */*", false),
            ("application/json", false), ("*/*", false), ("text/plain;q=0", false),
            ("text/plain, application/json;q=0.0", true),
            ("text/html", false), ("text/plain, application/*;q=0.1", true),
        ]
    )
    func accept(value: String, wantsText: Bool) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text = Self.post("{}", fields: ["Accept: \(value)", "Connection: close"])
            _ = try await server.exchange(Array(text.utf8))
            #expect(witness.decided.map(\.head.wantsText) == [wantsText])
        }
    }

    @Test(
        "well-formed requests of other shapes are taken",
        arguments: [
            "\r\nPOST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
            "POST http://A:80/run-flow HTTP/1.1\r\nHost: a:80\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
            "POST /run-flow HTTP/1.1\r\nhost: [::1]:80\r\ncontent-type: Application/JSON;charset=UTF-8\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; charset=\"utf-8\"\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n002\r\n{}\r\n0\r\nAuthorization: x\r\nX-Tenant-ID: evil\r\n\r\n",
            "POST /run-flow HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
            "POST /run-flow HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nX-Odd: \u{E9}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        ]
    )
    func shapes(text: String) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let (messages, ended) = try await server.exchange(Array(text.utf8))
            #expect(ended)
            #expect(messages.map(\.status) == [200])
            #expect(messages.first?.field("connection") == "close")
            #expect(witness.bodies == ["{}"])
            #expect(witness.decided.first?.head.tenantHeader == nil)
        }
    }

    @Test("an HTTP/1.0 caller keeps the connection where it asks to")
    func keepAliveOld() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            let text = Self.post("1", fields: ["Connection: keep-alive"], start: "POST /run-flow HTTP/1.0")
            try await connection.send(text + text)
            let responses = await Self.responses(connection, 2)
            #expect(responses.map { $0.field("connection") } == ["keep-alive", "keep-alive"])
            await connection.close()
        }
    }

    @Test("answers come in the order of the requests, whichever is ready first")
    func pipelining() async throws {
        let gate = Gate()
        let witness = Self.waiting(for: gate)
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            let bodies = (0..<100).map { $0 % 7 == 3 ? "\"wait\($0)\"" : "\"\($0)\"" }
            try await connection.send(bodies.map { Self.post($0) }.joined())
            #expect(await Self.responses(connection, 3).map(\.body) == Array(bodies.prefix(3)))
            // Nothing behind the one that waits is decided before its turn.
            #expect(witness.bodies == Array(bodies.prefix(4)))
            gate.open()
            #expect(await Self.responses(connection, 100).map(\.body) == bodies)
            await connection.close()
        }
    }

    @Test("a bad request in the middle ends the connection after the answers before it")
    func badInTheMiddle() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text = (0..<9).map { Self.post("\"\($0)\"") }.joined() + "BAD\r\n\r\n" + Self.post("\"evil\"")
            let (messages, ended) = try await server.exchange(Array(text.utf8))
            #expect(ended)
            #expect(messages.map(\.status) == Array(repeating: 200, count: 9) + [400])
            #expect(!witness.bodies.contains("\"evil\""))
        }
    }

    @Test("a caller that shuts its side down still gets the answer")
    func halfClose() async throws {
        let gate = Gate()
        try await ServerHarness.run(Self.waiting(for: gate)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.post("\"wait\"") + Self.post("\"after\""))
            try await connection.finishSending()
            // It might as well have left: the answer is begun, to see whether it still listens.
            let begun = await connection.receive { !$0.isEmpty }
            #expect("HTTP/1.1 ".utf8.starts(with: begun))
            gate.open()
            let (bytes, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(ResponseMessage.all(in: bytes).map(\.body) == ["\"wait\"", "\"after\""])
        }
    }

    @Test("a caller that leaves cancels what it waited for", .timeLimit(.minutes(1)), arguments: [true, false])
    func leaving(inOrder: Bool) async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        let (endless, never) = AsyncStream.makeStream(of: Void.self)
        defer { never.finish() }
        let witness = WitnessResponder { request in
            .pending {
                await withTaskCancellationHandler {
                    continuation.yield("started")
                    // Ends with its task alone.
                    for await _ in endless {}
                } onCancel: {
                    continuation.yield("cancelled")
                }
                return .echo(of: request)
            }
        }
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            try await connection.send(Self.post("{}"))
            var seen: [String] = []
            for await event in events {
                seen.append(event)
                if event != "started" { break }
                if inOrder { await connection.close() } else { try await connection.reset() }
            }
            #expect(seen == ["started", "cancelled"])
        }
    }

    @Test("a body is asked for where the caller waits to be asked")
    func continues() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            let text = Self.post("\"body\"", fields: ["Expect: 100-continue"])
            try await connection.send(String(text.dropLast(6)))
            let interim = await connection.receive { $0.count >= 25 }
            #expect(String(decoding: interim, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("\"body\"")
            #expect(await Self.responses(connection, 2).map(\.body) == ["", "\"body\""])
            await connection.close()
        }
    }

    @Test(
        "a caller that waits to be asked is refused without its body",
        arguments: [
            ("Expect: 100-continue\r\nContent-Length: 1048577", 413), ("Expect: x\r\nContent-Length: 6", 417),
            ("Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Length: 6", 415),
        ]
    )
    func expectRefused(fields: String, status: Int) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text = "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(fields)\r\n\r\n"
            let (messages, ended) = try await server.exchange(Array(text.utf8))
            #expect(ended)
            #expect(messages.map(\.status) == [status])
            #expect(witness.bodies == [])
        }
    }

    @Test("probes answer GET and HEAD")
    func probes() async throws {
        try await ServerHarness.run(WitnessResponder()) { server in
            for path in ["/healthz", "/livez", "/readyz"] {
                let connection = try await server.connect()
                try await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await Self.responses(connection, 1).map(\.body) == [#"{"status":"healthy"}"#])
                await connection.close()
                let other = try await server.connect()
                try await other.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let text = String(decoding: await other.receiveToEnd().bytes, as: UTF8.self)
                #expect(text.contains("\r\nContent-Length: 20\r\n"))
                #expect(text.hasSuffix("\r\n\r\n"))
                await other.close()
            }
        }
    }

    @Test("at the limit the connection that is idle longest makes room; without one the new one is refused")
    func connectionLimit() async throws {
        let gate = Gate()
        try await ServerHarness.run(
            Self.waiting(for: gate),
            configure: { $0.connectionsMax = 2 },
            body: { server in
                let oldest = try await server.connect()
                try await oldest.send(Self.post("1"))
                #expect(await Self.responses(oldest, 1).count == 1)
                let second = try await server.connect()
                try await second.send(Self.post("\"wait\""))
                let third = try await server.connect()
                try await third.send(Self.post("\"wait\""))
                #expect(await oldest.receiveToEnd().ended)
                // Both that are left are at work.
                let fourth = try await server.connect()
                let (nothing, ended) = await fourth.receiveToEnd()
                #expect(ended)
                #expect(nothing.isEmpty)
                gate.open()
                #expect(await Self.responses(second, 1).count == 1)
                #expect(await Self.responses(third, 1).count == 1)
                for connection in [oldest, second, third, fourth] { await connection.close() }
            }
        )
    }

    @Test("a graceful stop finishes what is under way and closes the rest")
    func shutdown() async throws {
        let gate = Gate()
        let witness = Self.waiting(for: gate)
        try await ServerHarness.run(witness) { server in
            let idle = try await server.connect()
            try await idle.send(Self.post("1"))
            #expect(await Self.responses(idle, 1).count == 1)
            let busy = try await server.connect()
            try await busy.send(Self.post("\"first\"") + Self.post("\"wait\""))
            #expect(await Self.responses(busy, 1).count == 1)
            let stop = Task { await server.server.shutdown() }
            #expect(await idle.receiveToEnd().ended)
            gate.open()
            let (bytes, ended) = await busy.receiveToEnd()
            #expect(ended)
            let messages = ResponseMessage.all(in: bytes)
            #expect(messages.map(\.body) == ["\"first\"", "\"wait\""])
            #expect(messages.last?.field("connection") == "close")
            for connection in [idle, busy] { await connection.close() }
            await stop.value
            await #expect(throws: (any Error).self) { try await server.connect() }
        }
    }

    @Test("running is ended by a cancellation, which stops the server")
    func running() async throws {
        try await ServerHarness.run(WitnessResponder()) { server in
            let run = Task { try await server.server.run() }
            run.cancel()
            try await run.value
            await #expect(throws: (any Error).self) { try await server.connect() }
        }
    }

    @Test("a refusal carries what is known of its request")
    func refusedHead() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let text = Self.post(
                "{}",
                fields: ["X-Trace-ID: 0af7651916cd43dd8448eb211c80319c", "Connection: close"],
                start: "PUT /api/v1/run/faq HTTP/1.1"
            )
            let (messages, _) = try await server.exchange(Array(text.utf8))
            #expect(messages.first?.field("allow") == "POST")
            let (refusal, head) = try #require(witness.refused.first)
            #expect(refusal.kind == .methodNotAllowed)
            #expect(head.route == .langFlowRun)
            #expect(head.flow == FlowName("faq"))
            #expect(head.traceID.description == "0af7651916cd43dd8448eb211c80319c")
            #expect(head.clientAddress == "127.0.0.1")
        }
    }
}
