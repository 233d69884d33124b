import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import AmbassadorHTTP

/// Answers that leave once their records are on disk.
@Suite("Held answers") struct HeldAnswerTests {
    /// Answers with the request's body once its record is on disk, and with 503 where it cannot be.
    private final class Strict: Sendable {
        let audit = RecordingAuditLog(durability: .strict, settlesAtOnce: false)
        let concluded = Atomic<Int>(0)

        var witness: WitnessResponder {
            WitnessResponder { request in
                let record = AuditRecord(
                    of: AuditSubject(.init(route: .runFlow, tenant: .default, input: request.body)),
                    time: Timestamp(milliseconds: 0),
                    traceID: request.traceID,
                    outcome: .hit,
                    status: 200
                )
                let held = HeldAnswer(recording: record, in: self.audit) { _, isRecorded in
                    self.concluded.add(1, ordering: .relaxed)
                    var response = Response.echo(of: request)
                    if !isRecorded { response.status = 503 }
                    return response
                }
                return .committing(held)
            }
        }

        func holds(_ count: Int) async throws {
            try await eventually { self.audit.heldCount == count }
        }
    }

    private static func post(_ body: String, fields: [String] = []) -> String {
        ConnectionTests.post(body, fields: fields)
    }

    private static func responses(_ connection: RawConnection, _ count: Int) async -> [ResponseMessage] {
        ResponseMessage.all(in: await connection.receive { ResponseMessage.all(in: $0).count >= count })
    }

    @Test("answers leave batch by batch, and in a batch that cannot be written refusals leave instead")
    func batches() async throws {
        let strict = Strict()
        try await ServerHarness.run(strict.witness) { server in
            var connections: [RawConnection] = []
            for number in 1...5 {
                let connection = try await server.connect()
                try await connection.send(Self.post("\(number)"))
                try await strict.holds(number)
                connections.append(connection)
            }
            // Whatever was going to leave has left after these rounds.
            _ = await server.turns.settled { strict.concluded.load(ordering: .relaxed) }
            #expect(strict.concluded.load(ordering: .relaxed) == 0)
            strict.audit.settle(2, isCommitted: true)
            strict.audit.settle(1, isCommitted: false)
            var statuses: [Int] = []
            for connection in connections[..<3] { statuses += await Self.responses(connection, 1).map(\.status) }
            #expect(statuses == [200, 200, 503])
            #expect(strict.concluded.load(ordering: .relaxed) == 3)
            strict.audit.settle(2, isCommitted: true)
            for (connection, body) in zip(connections[3...], ["4", "5"]) {
                #expect(await Self.responses(connection, 1).map(\.body) == [body])
            }
            #expect(strict.audit.records.compactMap(\.input).map { String(buffer: $0) } == ["1", "2", "4", "5"])
            // Each connection goes on.
            for connection in connections { try await connection.send(Self.post("again")) }
            try await strict.holds(5)
            strict.audit.settle(5, isCommitted: true)
            for connection in connections { #expect(await Self.responses(connection, 2).last?.body == "again") }
            for connection in connections { await connection.close() }
        }
    }

    @Test("what a loop reads in one turn is committed together")
    func together() throws {
        let strict = Strict()
        let eventLoop = EmbeddedEventLoop()
        let clocks = Clocks(now: { .uptimeNanoseconds(1) }, wall: { Timestamp(milliseconds: 0) })
        let table = ConnectionTable(eventLoop: eventLoop, clocks: clocks)
        let channels = try (0..<8).map { _ in
            let channel = EmbeddedChannel(loop: eventLoop)
            let configuration = HTTPServerConfiguration()
            let decoder = RequestDecoder(limits: configuration)
            let handler = ConnectionHandler(
                configuration: configuration,
                responder: strict.witness,
                table: table,
                decoder: decoder,
                clientAddress: nil
            )
            try channel.pipeline.syncOperations.addHandlers([ByteToMessageHandler(decoder), handler])
            try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            return channel
        }
        for channel in channels { channel.pipeline.fireChannelRead(ByteBuffer(string: Self.post("q"))) }
        #expect(strict.audit.heldCount == 8)
        #expect(strict.audit.commits == 0)
        eventLoop.run()
        #expect(strict.audit.commits == 1)
        strict.audit.settle(8, isCommitted: true)
        eventLoop.run()
        for channel in channels {
            var bytes = try #require(try channel.readOutbound(as: ByteBuffer.self))
            #expect(bytes.readString(length: 15) == "HTTP/1.1 200 OK")
            #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
            _ = try channel.finish()
        }
    }

    @Test("pipelined requests are held one after another and answered in order")
    func pipelined() async throws {
        let strict = Strict()
        try await ServerHarness.run(strict.witness) { server in
            let connection = try await server.connect()
            try await connection.send(Self.post("1") + Self.post("2") + Self.post("3", fields: ["Connection: close"]))
            for isCommitted in [true, false, true] {
                try await strict.holds(1)
                strict.audit.settle(1, isCommitted: isCommitted)
            }
            let (bytes, ended) = await connection.receiveToEnd()
            let messages = ResponseMessage.all(in: bytes)
            #expect(ended)
            #expect(messages.map(\.status) == [200, 503, 200])
            #expect(messages.map(\.body) == ["1", "2", "3"])
        }
    }

    @Test("what callers waited for who have left is settled all the same", arguments: [true, false])
    func left(byReset: Bool) async throws {
        let strict = Strict()
        try await ServerHarness.run(strict.witness) { server in
            let leaving = try await server.connect()
            let staying = try await server.connect()
            try await leaving.send(Self.post("1"))
            try await strict.holds(1)
            try await staying.send(Self.post("2"))
            try await strict.holds(2)
            if byReset { try await leaving.reset() } else { await leaving.close() }
            try await eventually { server.metrics.value(.connections) == 1 }
            strict.audit.settle(2, isCommitted: true)
            #expect(await Self.responses(staying, 1).map(\.body) == ["2"])
            #expect(strict.concluded.load(ordering: .relaxed) == 2)
            await staying.close()
        }
    }

    @Test("a caller that only has nothing more to say gets its answer")
    func halfClosed() async throws {
        let strict = Strict()
        try await ServerHarness.run(strict.witness) { server in
            let connection = try await server.connect()
            try await connection.send(Self.post("1"))
            try await strict.holds(1)
            try await connection.finishSending()
            strict.audit.settle(1, isCommitted: true)
            let (bytes, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(ResponseMessage.all(in: bytes).map(\.body) == ["1"])
        }
    }

    @Test("a shutdown waits for what is held, and its answer is the last of its connection")
    func shutdown() async throws {
        let strict = Strict()
        try await ServerHarness.run(strict.witness) { server in
            let connection = try await server.connect()
            try await connection.send(Self.post("1"))
            try await strict.holds(1)
            let idle = try await server.connect()
            try await eventually { server.metrics.value(.connections) == 2 }
            async let stopped: Void = server.server.shutdown()
            // Closed by the drain, which therefore has begun.
            #expect(await idle.receiveToEnd().ended)
            strict.audit.settle(1, isCommitted: true)
            let (bytes, ended) = await connection.receiveToEnd()
            #expect(ended)
            let message = ResponseMessage.all(in: bytes).first
            #expect(message?.status == 200)
            #expect(message?.field("connection") == "close")
            await stopped
        }
    }

    @Test("where the log is closed for good the answer is a refusal")
    func closed() async throws {
        let strict = Strict()
        strict.audit.close()
        try await ServerHarness.run(strict.witness) { server in
            let connection = try await server.connect()
            try await connection.send(Self.post("1") + Self.post("2"))
            #expect(await Self.responses(connection, 2).map(\.status) == [503, 503])
            await connection.close()
        }
    }
}
