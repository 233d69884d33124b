import AmbassadorCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import AmbassadorHTTP

/// How many requests of one connection are taken at a time.
@Suite("Pipelining depth") struct PipeliningDepthTests {
    private static func open(
        _ responder: WitnessResponder,
        heldBytesMax: Int = 1 << 22
    ) async throws -> NIOAsyncTestingChannel {
        let channel = NIOAsyncTestingChannel()
        try await channel.testingEventLoop.executeInContext {
            let configuration = HTTPServerConfiguration()
            let decoder = RequestDecoder(limits: configuration)
            let clocks = Clocks(now: { .uptimeNanoseconds(1) }, wall: { Timestamp(milliseconds: 0) })
            let connection = ConnectionHandler(
                configuration: configuration,
                responder: responder,
                table: ConnectionTable(eventLoop: channel.eventLoop, clocks: clocks),
                decoder: decoder,
                clientAddress: nil
            )
            let gate = InputGate(
                memo: HeadMemo(limits: HTTPServerConfiguration()),
                connection: connection,
                heldBytesMax: heldBytesMax
            )
            try channel.pipeline.syncOperations.addHandlers([gate, ByteToMessageHandler(decoder), connection])
        }
        try await channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1))
        return channel
    }

    private static func depth(of channel: NIOAsyncTestingChannel) async throws -> (taken: Int, isHolding: Bool) {
        try await channel.testingEventLoop.executeInContext {
            let connection = try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
            return (connection.waiting.count + (connection.pending == nil ? 0 : 1), connection.gate?.isHolding == true)
        }
    }

    @Test(
        "what comes in one read is taken up to the limit and held beyond it",
        arguments: [(15, 15, false), (16, 16, false), (17, 16, true), (100, 16, true)]
    )
    func limit(sent: Int, taken: Int, isHolding: Bool) async throws {
        let gate = Gate()
        let witness = WitnessResponder { request in
            .pending {
                await gate.wait()
                return .echo(of: request)
            }
        }
        for start in ["POST /run-flow HTTP/1.1", "POST /api/v1/run/faq?stream=false HTTP/1.1"] {
            let channel = try await Self.open(witness)
            try await channel.writeInbound(
                ByteBuffer(string: String(repeating: ConnectionTests.post("1", start: start), count: sent))
            )
            let depth = try await Self.depth(of: channel)
            #expect(depth.taken == taken)
            #expect(depth.isHolding == isHolding)
            // Ends the connection, and with it whoever works for it.
            try await channel.close()
        }
        gate.open()
    }

    @Test("chunked requests count as others do")
    func chunked() async throws {
        let gate = Gate()
        let witness = WitnessResponder { request in
            .pending {
                await gate.wait()
                return .echo(of: request)
            }
        }
        let channel = try await Self.open(witness)
        let call = HostileVector.chunked("6\r\n\"good\"\r\n0\r\n\r\n")
        try await channel.writeInbound(ByteBuffer(string: String(repeating: call, count: 17)))
        let depth = try await Self.depth(of: channel)
        #expect(depth.taken == 16)
        #expect(depth.isHolding)
        try await channel.close()
        gate.open()
    }

    @Test("a connection that brings more than may be held is closed")
    func tooMuch() async throws {
        let gate = Gate()
        let witness = WitnessResponder { request in
            .pending {
                await gate.wait()
                return .echo(of: request)
            }
        }
        let call = ConnectionTests.post("1")
        let channel = try await Self.open(witness, heldBytesMax: 10 * call.utf8.count)
        try await channel.writeInbound(ByteBuffer(string: String(repeating: call, count: 26)))
        #expect(channel.isActive)
        // What comes although reading is held back, as it does when the caller shuts its side.
        try await channel.writeInbound(ByteBuffer(string: call))
        #expect(!channel.isActive)
        gate.open()
    }
}
