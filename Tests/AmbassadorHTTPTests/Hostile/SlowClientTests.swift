import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

/// Callers that take their time, or come in crowds.
@Suite("Slow clients") struct SlowClientTests {
    private static let heads = ["POST /run-flow HTTP/1.1\r\nHost: a\r\nX-Slow: "]
    private static let bodies = [
        "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
        "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
    ]

    @Test("a thousand callers that trickle are all told and closed, while others are served and the memory stays")
    func trickle() async throws {
        let witness = WitnessResponder()
        let clients = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await ServerHarness.run(
            witness,
            configure: {
                $0.headerTimeout = .seconds(1)
                $0.bodyTimeout = .seconds(1)
            },
            body: { server in
                let before = ResidentMemory.byteCount()
                let starts = Self.heads + Self.bodies
                var connections: [RawConnection] = []
                for number in 0..<1000 {
                    let connection = try await RawConnection.open(to: server.address, group: clients)
                    try await connection.send(starts[number % starts.count])
                    connections.append(connection)
                }
                let slow = connections
                let trickle = Task {
                    while !Task.isCancelled {
                        // A connection that is closed by now is what is waited for.
                        for connection in slow { try? await connection.send("1") }
                        try? await Task.sleep(for: .milliseconds(250))
                    }
                }
                for _ in 0..<20 {
                    let (messages, _) = try await server.exchange(
                        Array(ConnectionTests.post("1", fields: ["Connection: close"]).utf8)
                    )
                    #expect(messages.map(\.status) == [200])
                }
                for connection in slow {
                    let (bytes, hasEnded) = await connection.receiveToEnd()
                    #expect(hasEnded)
                    #expect(ResponseMessage.all(in: bytes).map(\.status) == [408])
                }
                trickle.cancel()
                await trickle.value
                #expect(ResidentMemory.byteCount() - before < 128 << 20)
                for connection in slow { await connection.close() }
                #expect(witness.decided.count == 20)
            }
        )
        try await clients.shutdownGracefully()
    }

    @Test("callers that ask for much and read nothing fill no memory")
    func noReaders() async throws {
        let answer = ByteBuffer(repeating: 32, count: 64 * 1024)
        let witness = WitnessResponder { request in
            var response = Response.echo(of: request)
            response.content = .json(answer)
            return .answered(response)
        }
        try await ServerHarness.run(
            witness,
            configure: { $0.writeTimeout = .seconds(1) },
            body: { server in
                let before = ResidentMemory.byteCount()
                // A thousand answers to each would take 6 GiB.
                let requests = String(repeating: ConnectionTests.post("1"), count: 1000)
                var connections: [RawConnection] = []
                for _ in 0..<100 {
                    let connection = try await server.connect()
                    try await connection.setReading(false)
                    try await connection.send(requests)
                    connections.append(connection)
                }
                let (messages, _) = try await server.exchange(
                    Array(ConnectionTests.post("1", fields: ["Connection: close"]).utf8)
                )
                #expect(messages.map(\.status) == [200])
                #expect(ResidentMemory.byteCount() - before < 256 << 20)
                #expect(witness.decided.count < 100 * 200)
                for connection in connections { await connection.close() }
            }
        )
    }

    @Test("a crowd beyond the limit is turned away at the door, and those inside are served")
    func crowd() async throws {
        let gate = Gate()
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let witness = WitnessResponder { request in
            .pending {
                arrived.yield()
                await gate.wait()
                return .echo(of: request)
            }
        }
        try await ServerHarness.run(
            witness,
            configure: { $0.connectionsMax = 64 },
            body: { server in
                var inside: [RawConnection] = []
                for number in 0..<64 {
                    let connection = try await server.connect()
                    try await connection.send(ConnectionTests.post("\(number)", fields: ["Connection: close"]))
                    inside.append(connection)
                }
                // The requests are there before anybody else comes: a connection that only just opened would count as idle.
                for await _ in arrivals.prefix(64) {}
                for _ in 0..<200 {
                    let outside = try await server.connect()
                    let (bytes, hasEnded) = await outside.receiveToEnd()
                    #expect(hasEnded)
                    #expect(bytes.isEmpty)
                    await outside.close()
                }
                #expect(server.metrics.value(.connectionsRefused) == 200)
                gate.open()
                for (number, connection) in inside.enumerated() {
                    let (bytes, hasEnded) = await connection.receiveToEnd()
                    #expect(hasEnded)
                    #expect(ResponseMessage.all(in: bytes).map(\.body) == ["\(number)"])
                    await connection.close()
                }
            }
        )
    }

    @Test(
        "who is refused while its long body comes gets to see why",
        arguments: [
            ("POST /x HTTP/1.1", "application/json", 1_048_576, 404),
            ("PUT /run-flow HTTP/1.1", "application/json", 1_048_576, 405),
            ("POST /run-flow HTTP/1.1", "text/plain", 1_048_576, 415),
            ("POST /run-flow HTTP/1.1", "application/json", 4_194_304, 413),
        ]
    )
    func earlyAnswer(start: String, type: String, length: Int, status: Int) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(
            witness,
            configure: { $0.lingerTimeout = .seconds(10) },
            body: { server in
                let connection = try await server.connect()
                try await connection.send(
                    "\(start)\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n\r\n"
                )
                let hidden = Array(ConnectionTests.post("\"evil\"").utf8)
                let piece = Array(repeatElement(hidden, count: 64).joined())
                for _ in 0..<(length / piece.count + 1) {
                    // The server may close before it has all; its answer has come by then.
                    do { try await connection.send(piece) } catch { break }
                }
                let (bytes, hasEnded) = await connection.receiveToEnd()
                #expect(hasEnded)
                #expect(ResponseMessage.all(in: bytes).map(\.status) == [status])
                #expect(witness.bodies == [])
                await connection.close()
            }
        )
    }

    @Test(
        "a caller that shuts its side behind a crowd of requests gets all answers, and its bytes are held, not parsed"
    )
    func endBehindMany() async throws {
        let gate = Gate()
        let witness = WitnessResponder { request in
            .pending {
                await gate.wait()
                return .echo(of: request)
            }
        }
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            let bodies = (0..<2000).map { "\($0)" }
            try await connection.send(bodies.map { ConnectionTests.post($0) }.joined())
            try await connection.finishSending()
            gate.open()
            let (bytes, hasEnded) = await connection.receiveToEnd(within: .seconds(20))
            #expect(hasEnded)
            #expect(ResponseMessage.all(in: bytes).map(\.body) == bodies)
            await connection.close()
        }
    }
}
