package import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// Tells when an event loop has come round: when everything that was there to be read has been read.
///
/// A task that is submitted to a loop may run before the loop looks at its sockets again, since a loop works off all its tasks
/// first. This writes into a pipe and waits for the bytes to come out: only the loop's look at its files brings them. After two
/// rounds whatever was readable before the first is read, in whichever order one look found it.
package final class LoopTurns: Sendable {
    private let handler: NIOLoopBound<Handler>
    private let channel: any Channel

    private init(handler: NIOLoopBound<Handler>, channel: any Channel) {
        self.handler = handler
        self.channel = channel
    }

    /// Makes one for a loop; to be closed before the loop is.
    package static func make(on eventLoop: any EventLoop) async throws -> LoopTurns {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
        let (channel, handler) = try await NIOPipeBootstrap(group: eventLoop)
            .takingOwnershipOfDescriptors(input: ends[0], output: ends[1]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Handler()
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                }
            }
        return LoopTurns(handler: handler, channel: channel)
    }

    /// Calls back after two rounds; on the loop.
    package func afterTwo(_ body: @escaping () -> Void) {
        self.handler.value.waiters.append((2, body))
        self.handler.value.goRound(self.channel)
    }

    /// Waits until a value has stayed the same for so many rounds that nothing more can be on its way between sockets of this loop.
    package func settled<Value: Equatable & Sendable>(_ value: @Sendable () -> Value) async -> Value {
        var (last, rounds) = (value(), 0)
        while rounds < 50 {
            await withCheckedContinuation { continuation in
                self.channel.eventLoop.execute { self.afterTwo { continuation.resume() } }
            }
            let now = value()
            rounds = now == last ? rounds + 1 : 0
            last = now
        }
        return last
    }

    package func close() async throws {
        try await self.channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var waiters: [(rounds: Int, body: () -> Void)] = []
        private var isOnItsWay = false

        func goRound(_ channel: any Channel) {
            guard !self.isOnItsWay, !self.waiters.isEmpty else { return }
            self.isOnItsWay = true
            channel.writeAndFlush(ByteBuffer(integer: UInt8(0)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.isOnItsWay = false
            let waited = self.waiters
            self.waiters = waited.filter { $0.rounds > 1 }.map { ($0.rounds - 1, $0.body) }
            for waiter in waited where waiter.rounds == 1 { waiter.body() }
            self.goRound(context.channel)
        }
    }
}
