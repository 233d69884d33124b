import AmbassadorCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import AmbassadorHTTP

/// A caller that is found gone in the midst of its requests.
@Suite("Lost callers") struct LostCallerTests {
    /// Closes where others would write, as a socket does whose other side has reset it.
    private final class ClosesOnFlush: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func flush(context: ChannelHandlerContext) {
            context.close(promise: nil)
        }
    }

    @Test("a request is not taken up once the flush before it finds the caller gone")
    func flushFindsOut() throws {
        let runs = Atomic<Int>(0)
        let witness = WitnessResponder { request in
            guard String(buffer: request.body) == "1" else {
                return .pending {
                    runs.add(1, ordering: .relaxed)
                    return .echo(of: request)
                }
            }
            var response = Response.echo(of: request)
            response.content = .json(ByteBuffer(repeating: 32, count: 300 * 1024))
            return .answered(response)
        }
        let channel = EmbeddedChannel()
        let clocks = Clocks(now: { .uptimeNanoseconds(1) }, wall: { Timestamp(milliseconds: 0) })
        let configuration = HTTPServerConfiguration()
        let decoder = RequestDecoder(limits: configuration)
        let table = ConnectionTable(eventLoop: channel.embeddedEventLoop, clocks: clocks)
        let handler = ConnectionHandler(
            configuration: configuration,
            responder: witness,
            table: table,
            decoder: decoder,
            clientAddress: nil
        )
        try channel.pipeline.syncOperations.addHandlers([
            ClosesOnFlush(), InputGate(memo: table.heads, connection: handler, heldBytesMax: 1 << 22),
            ByteToMessageHandler(decoder), handler,
        ])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        // What comes of the bytes is looked at below.
        _ = try? channel.writeInbound(ByteBuffer(string: ConnectionTests.post("1") + ConnectionTests.post("2")))
        #expect(!channel.isActive)
        // Taken up it would have to be run, for its record's sake.
        #expect(witness.bodies == ["1"])
        #expect(runs.load(ordering: .relaxed) == 0)
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}
