import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorRedis

/// A server that speaks RESP and answers what a test wants.
final class FakeRedis: Sendable {
    /// A reply in RESP and how long it takes; `nil` for silence.
    typealias Script = @Sendable (_ command: [String]) -> (reply: String, delay: TimeAmount)?

    /// How often each command came.
    final class Tally: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        func add(_ command: String) { self.counts.withLock { $0[command, default: 0] += 1 } }

        func count(of command: String) -> Int { self.counts.withLock { $0[command, default: 0] } }
    }

    let port: Int
    let tally = Tally()
    private let channel: any Channel

    init(group: any EventLoopGroup, _ script: @escaping Script) async throws {
        self.channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { [tally] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FakeRedisHandler(tally, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        self.port = try #require(self.channel.localAddress?.port)
    }

    func stop() async throws { try await self.channel.close() }
}

private final class FakeRedisHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tally: FakeRedis.Tally
    private let script: FakeRedis.Script
    // Commands have the shape of replies, so the same reader reads them.
    private var reader = ReplyReader(limits: ReplyReader.Limits(stringBytesMax: 1 << 20, elementsMax: 64))
    private var nextReply = NIODeadline.now()

    init(_ tally: FakeRedis.Tally, _ script: @escaping FakeRedis.Script) {
        self.tally = tally
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try self.reader?.feed(self.unwrapInboundIn(data)) { command in
                self.answer(command, context)
                return true
            }
        } catch {
            context.close(promise: nil)
        }
    }

    private func answer(_ command: RedisReply, _ context: ChannelHandlerContext) {
        guard case .array(let arguments) = command else { return }
        let words = arguments.map { argument in
            if case .bulk(let bytes) = argument { String(buffer: bytes) } else { "" }
        }
        self.tally.add(words[0])
        guard let (reply, delay) = self.script(words) ?? self.greeting(words) else { return }
        // One after the other, as a server works.
        self.nextReply = max(self.nextReply, .now()) + delay
        let channel = context.channel
        context.eventLoop.scheduleTask(deadline: self.nextReply) {
            channel.writeAndFlush(ByteBuffer(string: reply), promise: nil)
        }
    }

    private func greeting(_ words: [String]) -> (reply: String, delay: TimeAmount)? {
        switch words[0] {
        case "CLIENT", "SELECT", "AUTH": ("+OK\r\n", .zero)
        case "PING": ("+PONG\r\n", .zero)
        default: nil
        }
    }
}
