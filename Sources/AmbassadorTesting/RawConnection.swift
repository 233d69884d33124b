package import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A client that sends bytes as they are and shows the bytes that come back.
package final class RawConnection: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects; the other side's close leaves ours open.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - group: Whose loops the connection runs on.
    ///   - prepare: Adds what stands between the socket and the bytes, such as TLS.
    /// - Returns: The connection, whose other side may not have accepted it yet.
    /// - Throws: Where nobody listens, and what `prepare` throws.
    package static func open(
        to address: SocketAddress,
        group: any EventLoopGroup,
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws -> RawConnection {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox: inbox))
                }
            }
            .connect(to: address).get()
        return RawConnection(channel: channel, inbox: inbox)
    }

    package func send(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    package func send(_ text: String) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Sends each byte by itself, the next one only when the loop has come round.
    ///
    /// A receiver that runs on the same loop has read the byte by then. `turns` are of that loop.
    package func sendByteByByte(_ bytes: [UInt8], _ turns: LoopTurns) async throws {
        let channel = self.channel
        let sent = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { ByteByByte(bytes: bytes, channel: channel, turns: turns, sent: sent).next() }
        try await sent.futureResult.get()
    }

    /// Stops or resumes the reading of what the other side sends.
    package func setReading(_ isReading: Bool) async throws {
        try await self.channel.setOption(.autoRead, value: isReading).get()
    }

    /// Shuts our side for writing.
    package func finishSending() async throws {
        try await self.channel.close(mode: .output)
    }

    package func close() async {
        // A connection that is closed already is what is wanted.
        try? await self.channel.close().get()
    }

    /// Closes with a reset instead of an orderly end.
    package func reset() async throws {
        try await self.channel.closeByReset()
    }

    /// Waits until what has come is enough, or nothing more will, or the time is over.
    ///
    /// - Returns: All bytes since the connection was opened.
    package func receive(
        within timeout: TimeAmount = .seconds(10),
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) async -> [UInt8] {
        let inbox = self.inbox
        let expiry = self.channel.eventLoop.scheduleTask(in: timeout) { inbox.expire() }
        defer { expiry.cancel() }
        return await withCheckedContinuation { inbox.wait(until: isEnough, resume: $0) }
    }

    /// Waits for the other side's end.
    ///
    /// - Returns: All bytes, and whether the end came in time.
    package func receiveToEnd(within timeout: TimeAmount = .seconds(10)) async -> (bytes: [UInt8], ended: Bool) {
        let bytes = await self.receive(within: timeout) { _ in false }
        return (bytes, self.inbox.hasEnded)
    }

    /// Whether the connection failed, as with a reset, in place of an orderly end.
    package var hasFailed: Bool { self.inbox.hasFailed }
}

/// Bytes on their way, one at a time; belongs to the channel's loop.
private final class ByteByByte {
    private let bytes: [UInt8]
    private let channel: any Channel
    private let turns: LoopTurns
    private let sent: EventLoopPromise<Void>
    private var position = 0

    init(bytes: [UInt8], channel: any Channel, turns: LoopTurns, sent: EventLoopPromise<Void>) {
        self.bytes = bytes
        self.channel = channel
        self.turns = turns
        self.sent = sent
    }

    func next() {
        guard self.position < self.bytes.count else {
            self.sent.succeed()
            return
        }
        let byte = ByteBuffer(integer: self.bytes[self.position])
        self.position += 1
        let bound = NIOLoopBound(self, eventLoop: self.channel.eventLoop)
        self.channel.writeAndFlush(byte).whenComplete { result in
            switch result {
            case .success: bound.value.turns.afterTwo { bound.value.next() }
            case .failure(let error): bound.value.sent.fail(error)
            }
        }
    }
}

extension Channel {
    /// Closes so that the other side sees a reset: without lingering, what is unsent is dropped.
    func closeByReset() async throws {
        let lingering = linger(l_onoff: 1, l_linger: 0)
        try await (self as? any SocketOptionProvider)?.setSoLinger(lingering).get()
        try await self.close().get()
    }
}

/// What came over a connection, and who waits for it.
private final class Inbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
        var hasFailed = false
        var waiter: (isEnough: @Sendable ([UInt8]) -> Bool, continuation: CheckedContinuation<[UInt8], Never>)?
    }

    private let state = Mutex(State())

    var hasEnded: Bool { self.state.withLock { $0.hasEnded } }
    var hasFailed: Bool { self.state.withLock { $0.hasFailed } }

    func append(_ bytes: ByteBuffer) {
        self.settle { state in bytes.withUnsafeReadableBytes { state.bytes.append(contentsOf: $0) } }
    }

    func end() {
        self.settle { $0.hasEnded = true }
    }

    func fail() {
        self.state.withLock { $0.hasFailed = true }
    }

    func wait(
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool,
        resume continuation: CheckedContinuation<[UInt8], Never>
    ) {
        self.settle { $0.waiter = (isEnough, continuation) }
    }

    func expire() {
        self.settle(force: true) { _ in }
    }

    private func settle(force: Bool = false, _ change: (inout State) -> Void) {
        let resumed = self.state.withLock { state -> (CheckedContinuation<[UInt8], Never>, [UInt8])? in
            change(&state)
            guard let waiter = state.waiter, force || state.hasEnded || waiter.isEnough(state.bytes) else { return nil }
            state.waiter = nil
            return (waiter.continuation, state.bytes)
        }
        if let (continuation, bytes) = resumed { continuation.resume(returning: bytes) }
    }
}

private final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: Inbox

    init(inbox: Inbox) {
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.inbox.append(self.unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { self.inbox.end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.inbox.end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.inbox.fail()
        context.close(promise: nil)
    }
}
