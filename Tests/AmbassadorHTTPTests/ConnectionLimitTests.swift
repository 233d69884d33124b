import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import Testing

@Suite struct ConnectionLimitTests {
    @Test("each limit takes N and refuses N + 1")
    func limits() async throws {
        let field = "X-A: " + String(repeating: "a", count: 20_480)
        let fillers = { (count: Int) in (0..<count).map { "X-\($0): a" } }
        let path = "POST /api/v1/run/faq?stream="
        let longTarget = { (count: Int) in
            path + String(repeating: "a", count: count - path.utf8.count + 5) + " HTTP/1.1"
        }
        // Host, Content-Type, Content-Length and Connection are four fields.
        let cases: [(name: String, text: String, status: Int)] = [
            ("target", ConnectionTests.post("1", start: longTarget(8192)), 400),
            ("target + 1", ConnectionTests.post("1", start: longTarget(8193)), 414),
            ("target of 20 KiB", ConnectionTests.post("1", start: longTarget(20_000)), 414),
            ("field", ConnectionTests.post("1", fields: [field, "Connection: close"]), 200),
            ("field + 1", ConnectionTests.post("1", fields: [field + "a"]), 431),
            ("fields", ConnectionTests.post("1", fields: fillers(96) + ["Connection: close"]), 200),
            ("fields + 1", ConnectionTests.post("1", fields: fillers(97) + ["Connection: close"]), 431),
            ("65,535 fields", ConnectionTests.post("1", fields: fillers(65_535)), 431),
            ("block", ConnectionTests.post("1", fields: Self.block(32_768) + ["Connection: close"]), 200),
            ("block + 1", ConnectionTests.post("1", fields: Self.block(32_769) + ["Connection: close"]), 431),
            (
                "body", ConnectionTests.post(String(repeating: "1", count: 1_048_576), fields: ["Connection: close"]),
                200
            ),
            ("body + 1", ConnectionTests.post(String(repeating: "1", count: 1_048_577)), 413),
            ("chunks", Self.chunked(1_048_576), 200), ("chunks + 1", Self.chunked(1_048_577), 413),
        ]
        for (name, text, status) in cases {
            try await ServerHarness.run(WitnessResponder()) { server in
                let (messages, ended) = try await server.exchange(Array(text.utf8))
                #expect(ended, "\(name)")
                #expect(messages.map(\.status) == [status], "\(name)")
            }
        }
    }

    /// Two fields that bring a head of `post` with `Connection: close` to so many bytes of target, names and values.
    private static func block(_ count: Int) -> [String] {
        let rest =
            "/run-flow".count + "Hosta".count + "Content-Typeapplication/json".count + "Content-Length1".count
            + "Connectionclose".count
        let values = count - rest - 6
        return [
            "X-A: " + String(repeating: "a", count: 16_384), "X-B: " + String(repeating: "b", count: values - 16_384),
        ]
    }

    private static func chunked(_ count: Int) -> String {
        "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "\(String(count - 1, radix: 16))\r\n\(String(repeating: "1", count: count - 1))\r\n1\r\n1\r\n0\r\n\r\n"
    }

    @Test("a body of chunks that are nearly all framing is refused")
    func chunkExtensions() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            try await connection.send(
                "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;"
            )
            for _ in 0..<100 {
                // The server may close before it has all.
                do { try await connection.send(String(repeating: "x", count: 100)) } catch { break }
            }
            let (bytes, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(ResponseMessage.all(in: bytes).map(\.status) == [400])
            #expect(witness.bodies == [])
        }
    }

    @Test(
        "a slow caller is told and closed",
        arguments: [
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nX-Slow: ", "P",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n12345678",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12",
        ]
    )
    func slow(text: String) async throws {
        let witness = WitnessResponder()
        let configure: (inout HTTPServerConfiguration) -> Void = {
            $0.headerTimeout = .milliseconds(50)
            $0.bodyTimeout = .milliseconds(50)
        }
        try await ServerHarness.run(witness, configure: configure) { server in
            let (messages, ended) = try await server.exchange(Array(text.utf8))
            #expect(ended)
            #expect(messages.map(\.status) == [408])
            #expect(messages.first?.field("connection") == "close")
            #expect(witness.bodies == [])
        }
    }

    @Test("a head that trickles in does not win time with each byte")
    func trickle() async throws {
        try await ServerHarness.run(
            WitnessResponder(),
            configure: { $0.headerTimeout = .milliseconds(100) },
            body: {
                server in
                let connection = try await server.connect()
                try await connection.send("POST /run-flow HTTP/1.1\r\nX-Slow: ")
                let trickle = Task {
                    while !Task.isCancelled {
                        do { try await connection.send("a") } catch { return }
                        try? await Task.sleep(for: .milliseconds(10))
                    }
                }
                let (bytes, ended) = await connection.receiveToEnd()
                trickle.cancel()
                #expect(ended)
                #expect(ResponseMessage.all(in: bytes).map(\.status) == [408])
            }
        )
    }

    @Test("an idle connection is closed without a word")
    func idle() async throws {
        try await ServerHarness.run(
            WitnessResponder(),
            configure: { $0.idleTimeout = .milliseconds(500) },
            body: { server in
                let silent = try await server.connect()
                let (nothing, ended) = await silent.receiveToEnd()
                #expect(ended)
                #expect(nothing.isEmpty)
                let (messages, endedToo) = try await server.exchange(Array(ConnectionTests.post("1").utf8))
                #expect(endedToo)
                #expect(messages.map(\.status) == [200])
            }
        )
    }

    @Test("a caller that does not read its answers is closed, and its requests are not worked on meanwhile")
    func slowReader() async throws {
        let witness = WitnessResponder { request in
            var response = Response.echo(of: request)
            response.content = .json(ByteBuffer(repeating: 32, count: 1_000_000))
            return .answered(response)
        }
        try await ServerHarness.run(
            witness,
            configure: { $0.writeTimeout = .milliseconds(200) },
            body: { server in
                let connection = try await server.connect()
                try await connection.setReading(false)
                try await connection.send((0..<200).map { _ in ConnectionTests.post("1") }.joined())
                // The server closes with bytes unsent, which ends our sending too: until then it takes no more than its buffers.
                let filler = ByteBuffer(repeating: 32, count: 1 << 20)
                await #expect(throws: (any Error).self) {
                    while true { try await connection.send(filler.readableBytesView) }
                }
                #expect(witness.decided.count < 50)
                await connection.close()
            }
        )
    }
}
