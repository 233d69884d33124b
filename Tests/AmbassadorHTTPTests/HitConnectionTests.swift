import AmbassadorCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import AmbassadorHTTP

/// Hits that are answered from the bytes as they were read, between requests that are not.
@Suite("Hits on a connection") struct HitConnectionTests {
    /// Takes every request that comes again for a hit, but for one.
    private final class Repeating: Responder {
        static let miss = "\"miss\""
        /// Waits for the gate.
        static let slow = "\"slow\""

        let gate: Gate
        let others: WitnessResponder
        private let answer: ByteBuffer
        private let witnessed = Mutex<(heads: [CallHead], traces: [TraceID?], remembered: [Bool])>(([], [], []))

        init(answer: ByteBuffer) {
            let gate = Gate()
            self.gate = gate
            self.others = WitnessResponder { request in
                guard String(buffer: request.body) == Self.slow else { return .answered(.echo(of: request)) }
                return .pending {
                    await gate.wait()
                    return .echo(of: request)
                }
            }
            self.answer = answer
        }

        var decidedCount: Int { self.others.decided.count }

        /// The heads of hits.
        var heads: [CallHead] { self.witnessed.withLock { $0.heads } }
        /// Their trace ids.
        var traces: [TraceID?] { self.witnessed.withLock { $0.traces } }
        /// Of each request that was decided about, whether it is one to remember.
        var remembered: [Bool] { self.witnessed.withLock { $0.remembered } }

        func decide(_ request: Request, remembering shortcuts: Shortcuts?) -> Decision {
            self.witnessed.withLock { $0.remembered.append(shortcuts != nil) }
            return self.others.decide(request, remembering: shortcuts)
        }

        func hit(_ request: RepeatedRequest, in shortcuts: Shortcuts) -> Decision? {
            let isOther = [Self.miss, Self.slow].contains { request.body.elementsEqual($0.utf8) }
            guard !isOther else { return nil }
            self.witnessed.withLock {
                $0.heads.append(request.head)
                $0.traces.append(request.traceID)
            }
            return .answered(Response(status: 200, traceID: .random(), content: .json(self.answer)))
        }

        func refuse(_ refusal: Refusal, of head: RefusedHead) -> Decision { self.others.refuse(refusal, of: head) }

        func probe(_ probe: Probe, traceID: TraceID) -> Response { self.others.probe(probe, traceID: traceID) }
    }

    /// A connection without a network, whose loop turns when it is told to.
    private struct Connection {
        let channel = EmbeddedChannel()
        let responder: Repeating
        let table: ConnectionTable
        let handler: ConnectionHandler

        init(answer: ByteBuffer = ByteBuffer(string: "\"hit\"")) throws {
            self.responder = Repeating(answer: answer)
            let configuration = HTTPServerConfiguration()
            let clocks = Clocks(now: { .uptimeNanoseconds(1) }, wall: { Timestamp(milliseconds: 0) })
            self.table = ConnectionTable(eventLoop: self.channel.embeddedEventLoop, clocks: clocks)
            let decoder = RequestDecoder(limits: configuration)
            self.handler = ConnectionHandler(
                configuration: configuration,
                responder: self.responder,
                table: self.table,
                decoder: decoder,
                clientAddress: nil
            )
            try self.channel.pipeline.syncOperations.addHandlers([
                InputGate(memo: self.table.heads, connection: self.handler, heldBytesMax: 1 << 22),
                ByteToMessageHandler(decoder), self.handler,
            ])
            self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            // Judged by the parser, and known from then on.
            _ = try self.exchange("\"first\"")
        }

        static func request(_ body: String) -> ByteBuffer { ByteBuffer(string: ConnectionTests.post(body)) }

        /// Delivers requests in one read, lets the loop turn, and reads the answers' bodies.
        func exchange(_ bodies: String...) throws -> [String] {
            var bytes = ByteBuffer()
            for body in bodies { bytes.writeImmutableBuffer(Self.request(body)) }
            try self.channel.writeInbound(bytes)
            self.channel.embeddedEventLoop.run()
            return try self.answers()
        }

        static func headBytes(_ body: String) -> Int { self.request(body).readableBytes - body.utf8.count }

        /// Delivers bytes in as many reads as they are cut into, each with a turn of the loop.
        func deliver(_ bytes: ByteBuffer, cutAt cuts: [Int]) throws {
            let bounds = [0] + cuts + [bytes.readableBytes]
            for (start, end) in zip(bounds, bounds.dropFirst()) {
                let piece = try #require(bytes.getSlice(at: bytes.readerIndex + start, length: end - start))
                try self.channel.writeInbound(piece)
                self.channel.embeddedEventLoop.run()
            }
        }

        func answers() throws -> [String] {
            var bytes: [UInt8] = []
            while let part = try self.channel.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
            return ResponseMessage.all(in: bytes).map(\.body)
        }
    }

    @Test("what is known of a head stays when one comes in parts, of whose request nothing is remembered")
    func parts() throws {
        let connection = try Connection()
        _ = try connection.exchange("\"a\"")
        try connection.deliver(Connection.request("\"b\""), cutAt: [40])
        _ = try connection.exchange("\"c\"", Repeating.miss)
        let heads = connection.responder.heads
        #expect(heads.count == 2 && heads[0] === heads[1])
        // The first one of all and that in parts were the parser's.
        #expect(connection.responder.remembered == [false, false, true])
    }

    @Test("content that comes after its head, at once or in parts, is a hit's too")
    func contentLater() throws {
        let connection = try Connection()
        _ = try connection.exchange("\"a\"")
        let bytes = Connection.request("\"bc\"")
        for cuts in [[bytes.readableBytes - 4], [bytes.readableBytes - 4, bytes.readableBytes - 2]] {
            try connection.deliver(bytes, cutAt: cuts)
            #expect(try connection.answers() == ["\"hit\""])
        }
        let heads = connection.responder.heads
        #expect(heads.count == 3 && heads.allSatisfy { $0 === heads[0] })
        #expect(connection.responder.decidedCount == 1)
    }

    @Test("what is no hit is remembered where its content comes after its head")
    func missLater() throws {
        let connection = try Connection()
        try connection.deliver(Connection.request(Repeating.miss), cutAt: [Connection.headBytes(Repeating.miss)])
        #expect(try connection.answers() == [Repeating.miss])
        #expect(connection.responder.remembered == [false, true])
    }

    @Test("content that comes after its head keeps the trace id that the head had")
    func traceIDLater() throws {
        let connection = try Connection()
        let id = "4bf92f3577b34da6a3ce929d0e0e4736"
        let bytes = ByteBuffer(string: ConnectionTests.post("\"a\"", fields: ["X-Trace-ID: \(id)"]))
        try connection.deliver(bytes, cutAt: [])
        try connection.deliver(bytes, cutAt: [bytes.readableBytes - 3])
        #expect(connection.responder.traces.map { $0?.description } == [id])
    }

    @Test("content that comes after its head waits for the answers before it")
    func contentBehindOthers() throws {
        let connection = try Connection()
        var bytes = Connection.request(Repeating.slow)
        let end = bytes.readableBytes + Connection.headBytes("\"b\"")
        bytes.writeImmutableBuffer(Connection.request("\"b\""))
        try connection.deliver(bytes, cutAt: [end])
        #expect(try connection.answers() == [])
        connection.responder.gate.open()
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == [Repeating.slow, "\"b\""])
    }

    @Test("a caller that ends in the content of a request which waits to be read is told so after all answers")
    func endBehindOthers() throws {
        let connection = try Connection()
        var bytes = ByteBuffer()
        for _ in 0..<16 { bytes.writeImmutableBuffer(Connection.request(Repeating.slow)) }
        let cutOff = Connection.request("\"cut off\"")
        bytes.writeBytes(cutOff.readableBytesView.dropLast(5))
        try connection.deliver(bytes, cutAt: [])
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == [])
        connection.responder.gate.open()
        connection.channel.embeddedEventLoop.run()
        let answers = try connection.answers()
        #expect(answers.count == 17 && answers.dropLast().allSatisfy { $0 == Repeating.slow })
        #expect(answers.last == #"{"error":"malformed_request"}"#)
        #expect(connection.responder.others.refused.map(\.head.requestBytes) == [4])
    }

    @Test("all hits of a read leave at the end of the loop's turn, and nothing is made of their requests")
    func turn() throws {
        let connection = try Connection()
        try connection.channel.writeInbound(Connection.request("\"a\""))
        #expect(try connection.answers() == [])
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == ["\"hit\""])
        #expect(try connection.exchange("\"a\"", "\"b\"", "\"c\"") == ["\"hit\"", "\"hit\"", "\"hit\""])
        #expect(connection.responder.decidedCount == 1)
    }

    @Test("hits and other requests of one read are answered in their order")
    func order() throws {
        let connection = try Connection()
        var bytes = Connection.request("\"a\"")
        bytes.writeString(ConnectionTests.post("\"tenant\"", fields: ["X-Tenant-ID: acme"]))
        bytes.writeImmutableBuffer(Connection.request("\"b\""))
        try connection.channel.writeInbound(bytes)
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == ["\"hit\"", "\"tenant\"", "\"b\""])
    }

    @Test("a read of another request and one of hits, with one end, leave no answer behind")
    func twoReads() throws {
        let connection = try Connection()
        let other = ByteBuffer(string: ConnectionTests.post("\"tenant\"", fields: ["X-Tenant-ID: acme"]))
        connection.channel.pipeline.fireChannelRead(other)
        connection.channel.pipeline.fireChannelRead(Connection.request("\"a\""))
        connection.channel.pipeline.fireChannelReadComplete()
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == ["\"tenant\"", "\"hit\""])
    }

    @Test("a request that comes in pieces is answered once it is whole")
    func pieces() throws {
        let connection = try Connection()
        for byte in Connection.request("\"a\"").readableBytesView {
            try connection.channel.writeInbound(ByteBuffer(integer: byte))
        }
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == ["\"a\""])
        #expect(try connection.exchange("\"b\"") == ["\"hit\""])
    }

    @Test("a drain before the end of the turn lets the answer leave, which is then the connection's last")
    func drain() throws {
        let connection = try Connection()
        try connection.channel.writeInbound(Connection.request("\"a\""))
        let drained = connection.table.drain()
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == ["\"hit\""])
        #expect(connection.handler.isLastAnswerWritten && connection.handler.hasEndedInput)
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        try drained.wait()
    }

    @Test("a connection that closes before the end of the turn takes no answer, and the loop's others do")
    func closed() throws {
        let connection = try Connection()
        try connection.channel.writeInbound(Connection.request("\"a\""))
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.answers() == [])
        #expect(!connection.channel.isActive)
    }
}
