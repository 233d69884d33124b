import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@Suite struct HTTPUpstreamTests {
    static func run(
        timeout: Duration = .seconds(10),
        configure: (inout UpstreamConfiguration) -> Void = { _ in },
        script: @escaping TestUpstream.Script,
        body: (TestUpstream, HTTPUpstream, UpstreamCall) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await TestUpstream.start(on: group, script: script)
        var configuration = try UpstreamConfiguration(url: try UpstreamURL(server.url), apiKey: Secret("sk-secret"))
        configure(&configuration)
        let upstream = HTTPUpstream(configuration: configuration, group: group)
        let call = UpstreamCall(
            target: try #require(FlowName("faq")),
            body: ByteBuffer(string: #"{"input_value":"hi"}"#),
            globalVariables: [GlobalVariable(name: "TONE", value: "kind words")],
            traceID: try #require(TraceID(high: 1, low: 2)),
            timeout: timeout
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server, upstream, call))
        } catch {
            result = .failure(error)
        }
        await upstream.shutdown()
        await server.shutdown()
        try await group.shutdownGracefully()
        try result.get()
    }

    /// What becomes of one call, in a word; an answer as its status and body.
    static func outcome(_ upstream: HTTPUpstream, _ call: UpstreamCall) async -> String {
        do throws(UpstreamError) {
            let answer = try await upstream.run(call)
            return "\(answer.status) \(String(buffer: answer.body))"
        } catch {
            return error.word
        }
    }

    @Test("LangFlow gets the listed fields and nothing else")
    func fields() async throws {
        try await Self.run(
            script: { _ in .answer("{}") },
            body: { server, upstream, call in
                let answer = try await upstream.run(call)
                #expect(answer.status == 200)
                #expect(answer.contentType == "application/json")
                #expect(answer.freshness == .unsaid)
                let request = try #require(server.requests.first)
                #expect(request.requestLine == "POST /api/v1/run/faq?stream=false HTTP/1.1")
                #expect(request.body == Array(#"{"input_value":"hi"}"#.utf8))
                let trace = "00000000000000010000000000000002"
                let parent = try #require(request.field("traceparent"))
                #expect(TraceParent(parent.utf8)?.trace.description == trace && parent.hasSuffix("-00"))
                let expected: [String: String] = [
                    "host": "127.0.0.1:\(server.port)", "content-type": "application/json",
                    "accept": "application/json",
                    "accept-encoding": "identity", "content-length": "20", "x-api-key": "sk-secret",
                    "traceparent": parent,
                    "x-trace-id": trace, "x-langflow-global-var-tone": "kind words",
                ]
                let sent = request.fields.filter { $0.name != "connection" }
                #expect(Dictionary(sent, uniquingKeysWith: { $0 + $1 }) == expected)
            }
        )
    }

    @Test("calls one after the other share a connection, each with a parent id of its own")
    func pooling() async throws {
        try await Self.run(
            script: { _ in .answer("{}") },
            body: { server, upstream, call in
                for _ in 0..<3 { _ = try await upstream.run(call) }
                #expect(server.connections == 1)
                #expect(Set(server.requests.compactMap { $0.field("traceparent") }).count == 3)
            }
        )
    }

    @Test(
        "an answer that LangFlow does not give is invalid",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
            "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
            "HTTP/1.1 99999\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 2xx OK\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nX-A: \u{0}\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nX-A: " + String(repeating: "a", count: 1_048_576) + "\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 600 No\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 2049\r\n\r\n{}",
            "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\n{}",
            "SSH-2.0-x\r\n", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", "garbage\r\n\r\n",
        ]
    )
    func invalid(reply: String) async throws {
        try await Self.run(
            configure: { $0.answerBytesMax = 2048 },
            script: { _ in .raw(reply) },
            body: { server, upstream, call in
                #expect(await Self.outcome(upstream, call) == "invalid")
                // Neither followed nor tried again, and the connection is not used for the next call.
                #expect(server.requests.count == 1)
                _ = await Self.outcome(upstream, call)
                #expect(server.connections == 2)
            }
        )
    }

    @Test("an answer that ends with its connection is invalid: it may have been cut")
    func untilClose() async throws {
        let reply = TestUpstream.Reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}", end: .close)
        try await Self.run(
            script: { _ in reply },
            body: { _, upstream, call in
                #expect(await Self.outcome(upstream, call) == "invalid")
            }
        )
    }

    @Test(
        "an answer of 200 or an error is passed on whole",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "200 {}"),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<a>", "200 <a>"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 "),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", "200 {}"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: x\r\n\r\n", "200 {}"),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "200 {}"),
            ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "200 {}"),
            ("HTTP/1.1 422 Unprocessable\r\nContent-Length: 2\r\n\r\n{}", "422 {}"),
            ("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}", "500 {}"),
            ("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", "413 {}"),
            (
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nServer: x\r\nConnection: x\r\nContent-Length: 2\r\n\r\n{}",
                "200 {}"
            ),
        ]
    )
    func passed(reply: String, expected: String) async throws {
        try await Self.run(
            script: { _ in .raw(reply) },
            body: { _, upstream, call in
                #expect(await Self.outcome(upstream, call) == expected)
            }
        )
    }

    @Test("an answer of exactly the size limit is taken")
    func sizeLimit() async throws {
        let body = String(repeating: "a", count: 2048)
        try await Self.run(
            configure: { $0.answerBytesMax = 2048 },
            script: { _ in .answer(body) },
            body: { _, upstream, call in
                #expect(await Self.outcome(upstream, call) == "200 \(body)")
            }
        )
    }

    @Test("chunks over the size limit are invalid")
    func sizeLimitByChunks() async throws {
        let chunk = "801\r\n" + String(repeating: "a", count: 2049) + "\r\n0\r\n\r\n"
        let reply = TestUpstream.Reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
        try await Self.run(
            configure: { $0.answerBytesMax = 2048 },
            script: { _ in reply },
            body: { _, upstream, call in
                #expect(await Self.outcome(upstream, call) == "invalid")
            }
        )
    }

    @Test("bytes after an answer are not the next call's")
    func extraBytes() async throws {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
        try await Self.run(
            script: { _ in .raw(reply) },
            body: { server, upstream, call in
                // The call after such an answer may still be given its connection, which is about to be closed.
                let allowed: Set<String> = ["200 {}", "invalid", "connectionLost"]
                for _ in 0..<200 {
                    let outcome = await Self.outcome(upstream, call)
                    #expect(allowed.contains(outcome), "\(outcome)")
                }
                try await eventually("no connection outlives its extra bytes") {
                    server.closedConnections == server.connections
                }
                #expect(server.requests.count == server.connections)
            }
        )
    }

    @Test("an answer cut at any byte is never taken for a whole one", arguments: [false, true], [false, true])
    func cut(isChunked: Bool, byReset: Bool) async throws {
        let body = String(repeating: "0123456789abcdef", count: 128)
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        let whole =
            isChunked
            ? head
                + "Transfer-Encoding: chunked\r\n\r\n400\r\n\(body.prefix(1024))\r\n400\r\n\(body.suffix(1024))\r\n0\r\n\r\n"
            : head + "Content-Length: 2048\r\n\r\n\(body)"
        let bytes = Array(whole.utf8)
        try await Self.run(
            script: { request in
                // Each call comes over a connection of its own, for every one before it was cut.
                TestUpstream.Reply(bytes: Array(bytes.prefix(request.connection)), end: byReset ? .reset : .close)
            },
            body: { server, upstream, call in
                for length in 0..<bytes.count {
                    let outcome = await Self.outcome(upstream, call)
                    #expect(!outcome.hasPrefix("200"), "cut after \(length) bytes: \(outcome.prefix(40))")
                }
                #expect(server.requests.count == bytes.count)
                #expect(await Self.outcome(upstream, call) == "200 \(body)")
            }
        )
    }

    @Test(
        "LangFlow's own header fields limit the lifetime",
        arguments: [
            (["X: y"], nil), (["Cache-Control: no-store"], 0), (["Cache-Control: private"], 0),
            (["Cache-Control: No-Cache"], 0),
            (["Cache-Control: public"], nil), (["Cache-Control: max-age=60"], 60),
            (["Cache-Control: max-age=60, s-maxage=5"], 5),
            (["Cache-Control: s-maxage=90, max-age=60"], 90),
            (["Cache-Control: max-age=60", "Cache-Control: no-store"], 0),
            (["Cache-Control: max-age=60", "Cache-Control: max-age=30"], 30), (["Cache-Control: max-age=0"], 0),
            (["Cache-Control: max-age=99999999999"], 2_147_483_648), (["Cache-Control: max-age=-1"], 0),
            (["Cache-Control: max-age=\"3600\""], 0), (["Cache-Control: max-age=1.5"], 0),
            (["Cache-Control: max-age"], 0),
            (["Cache-Control: max-age="], 0), (["Cache-Control: max-age=x"], 0),
            (["Cache-Control: max-age=" + String(repeating: "9", count: 4000)], 2_147_483_648),
            (["Cache-Control: , ,max-age=7,"], 7), (["Cache-Control: private=\"x\""], 0),
            (["Vary: Accept-Encoding"], nil),
            (["Vary: origin, Accept-Encoding"], nil), (["Vary: *"], 0), (["Vary: Origin", "Vary: Cookie"], 0),
            (["Vary: ,"], nil),
            (["Vary: Accept-Encoding, x-user", "Cache-Control: max-age=60"], 0),
        ] as [([String], Int?)]
    )
    func lifetime(fields: [String], seconds: Int?) async throws {
        try await Self.run(
            script: { _ in .answer("{}", fields: fields) },
            body: { _, upstream, call in
                let answer = try await upstream.run(call)
                #expect(answer.freshness.lifetimeMax == seconds.map { .seconds($0) })
            }
        )
    }

    @Test("a content type is passed on without its parameters and in lower case")
    func contentType() async throws {
        let fields = ["Content-Type: Application/JSON ; charset=utf-8"]
        try await Self.run(
            script: { _ in .answer("{}", fields: fields) },
            body: { _, upstream, call in
                let answer = try await upstream.run(call)
                #expect(answer.contentType == "application/json")
            }
        )
    }
}
