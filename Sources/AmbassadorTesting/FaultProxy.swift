package import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy before a real upstream that spoils what the upstream sends back.
package final class FaultProxy: Sendable {
    /// What becomes of the bytes that the upstream sends over one connection.
    package enum Fault: Sendable {
        case none
        /// Ends the connection in order after so many bytes.
        case cut(afterBytes: Int)
        /// Resets the connection after so many bytes.
        case reset(afterBytes: Int)
        /// Passes so many bytes and then nothing, with the connection open.
        case stall(afterBytes: Int)
        /// Passes so many bytes at a time.
        case slow(bytes: Int, every: TimeAmount)
    }

    /// Says what befalls a connection; they are counted from zero.
    package typealias Plan = @Sendable (Int) -> Fault

    private struct State {
        var connections = 0
        var closedConnections = 0
        var open: [ObjectIdentifier: any Channel] = [:]
        var listener: (any Channel)?
    }

    private let state = Mutex(State())
    private let upstreamPort: Int
    private let plan: Plan

    private init(upstreamPort: Int, plan: @escaping Plan) {
        self.upstreamPort = upstreamPort
        self.plan = plan
    }

    /// Listens on the loopback address, before the upstream on the given port of it.
    package static func start(
        before upstreamPort: Int,
        on group: any EventLoopGroup,
        plan: @escaping Plan
    ) async throws -> FaultProxy {
        let proxy = FaultProxy(upstreamPort: upstreamPort, plan: plan)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { proxy.join($0) }
            .bind(host: "127.0.0.1", port: 0).get()
        proxy.state.withLock { $0.listener = listener }
        return proxy
    }

    package var port: Int { self.state.withLock { $0.listener?.localAddress?.port ?? 0 } }

    /// How many connections were opened so far.
    package var connections: Int { self.state.withLock { $0.connections } }

    /// How many connections have ended so far, by whomever.
    package var closedConnections: Int { self.state.withLock { $0.closedConnections } }

    /// Stops listening and closes all connections.
    package func shutdown() async {
        let (listener, open) = self.state.withLock { ($0.listener, Array($0.open.values)) }
        // Channels that are closed already are what is wanted.
        try? await listener?.close().get()
        for channel in open { try? await channel.close().get() }
    }

    /// Opens the connection behind a new one, on the same loop, and joins the two.
    private func join(_ front: any Channel) -> EventLoopFuture<Void> {
        let fault = self.plan(self.opened(front))
        return ClientBootstrap(group: front.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { back in
                back.eventLoop.makeCompletedFuture {
                    try back.pipeline.syncOperations.addHandler(FaultHandler(fault: fault, front: front))
                }
            }
            .connect(host: "127.0.0.1", port: self.upstreamPort)
            .flatMapThrowing { back in
                try front.pipeline.syncOperations.addHandler(PassingHandler(back: back))
                front.setOption(.autoRead, value: true).whenFailure { _ in front.close(promise: nil) }
            }
    }

    private func opened(_ channel: any Channel) -> Int {
        let id = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                state.open[id] = nil
                state.closedConnections += 1
            }
        }
        return self.state.withLock { state in
            state.open[id] = channel
            state.connections += 1
            return state.connections - 1
        }
    }
}

/// On the caller's side: passes everything on as it is.
private final class PassingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let back: any Channel

    init(back: any Channel) {
        self.back = back
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.back.writeAndFlush(self.unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.back.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// On the upstream's side: passes on what the fault lets through.
private final class FaultHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let fault: FaultProxy.Fault
    private let front: any Channel
    private var passed = 0
    private var waiting = ByteBuffer()
    private var isTicking = false
    private var hasEnded = false

    init(fault: FaultProxy.Fault, front: any Channel) {
        self.fault = fault
        self.front = front
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        switch self.fault {
        case .none:
            self.front.writeAndFlush(bytes, promise: nil)
        case .cut(let limit):
            if self.pass(bytes, upTo: limit) { self.front.close(promise: nil) }
        case .reset(let limit):
            if self.pass(bytes, upTo: limit) {
                let front = self.front
                // It fails where the other side has closed already.
                Task { try? await front.closeByReset() }
            }
        case .stall(let limit):
            _ = self.pass(bytes, upTo: limit)
        case .slow(let count, let interval):
            self.waiting.writeBuffer(&bytes)
            self.tick(count, interval, context)
        }
    }

    /// - Returns: Whether the limit is reached.
    private func pass(_ bytes: ByteBuffer, upTo limit: Int) -> Bool {
        let count = min(bytes.readableBytes, limit - self.passed)
        self.passed += count
        if count > 0, let piece = bytes.getSlice(at: bytes.readerIndex, length: count) {
            self.front.writeAndFlush(piece, promise: nil)
        }
        return self.passed == limit
    }

    private func tick(_ count: Int, _ interval: TimeAmount, _ context: ChannelHandlerContext) {
        guard !self.isTicking else { return }
        guard let piece = self.waiting.readSlice(length: min(count, self.waiting.readableBytes)),
            piece.readableBytes > 0
        else {
            if self.hasEnded { self.front.close(promise: nil) }
            return
        }
        self.isTicking = true
        self.front.writeAndFlush(piece, promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: interval) {
            let (handler, context) = bound.value
            handler.isTicking = false
            handler.tick(count, interval, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch self.fault {
        case .stall: break
        case .slow where self.isTicking: self.hasEnded = true
        default: self.front.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
