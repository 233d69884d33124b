import DequeModule
import NIOCore
import NIOHTTP1
import NIOTLS

/// A connection to a server: sends one request at a time and hands its answer to the call.
///
/// Reads no faster than the call takes: at most what one read of the socket brought waits here.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPClientRequestPart

    /// What waits until the call has room for it.
    private enum Event {
        case part(ByteBuffer)
        case end
        case failure(any Error)
    }

    private let gate: AnswerGate
    private let pool: HTTPConnectionPool
    private let origin: HTTPOrigin
    private let handshakeTimeout: TimeAmount
    private var handshakeTimer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    private var state = ConnectionState()
    private var call: HTTPCall?
    private var events = Deque<Event>()
    private var isPaused = false
    private var wantsToRead = false
    /// Whether it may be sent on: for TLS once both sides have proved who they are.
    private var isEstablished: Bool
    /// Since when it is idle.
    private(set) var idleSince = NIODeadline.now()

    init(gate: AnswerGate, pool: HTTPConnectionPool, origin: HTTPOrigin, handshakeTimeout: TimeAmount) {
        self.handshakeTimeout = handshakeTimeout
        self.gate = gate
        self.pool = pool
        self.origin = origin
        self.isEstablished = !origin.isTLS
    }

    /// Sends a call's request, and hands on its answer.
    func start(_ call: HTTPCall) {
        guard let context = self.context, context.channel.isActive, self.state.begin() else {
            call.fail(HTTPCallError.connectionLost(.closed))
            return
        }
        self.call = call
        call.use(self)
        self.gate.expect()
        context.write(self.wrapOutboundOut(.head(call.request.head(to: self.origin))), promise: nil)
        if call.request.body.readableBytes > 0 {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(call.request.body))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// The call is over: what comes is not wanted any more.
    func abandon(_ call: HTTPCall) {
        guard self.call === call else { return }
        self.call = nil
        self.close()
    }

    /// Gives the call up, and closes the connection.
    func shutdown() {
        if let call = self.call { call.fail(HTTPCallError.shutDown) } else { self.close() }
    }

    /// Closes the connection, which is not used again.
    func close() {
        self.isPaused = false
        self.events.removeAll()
        if self.state.close() { self.pool.forget(self) }
        self.context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard !self.isEstablished else { return }
        self.handshakeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: self.handshakeTimeout) {
            self.handshakeTimer = nil
            self.fail(HTTPCallError.notConnected(.tls, "TLS: the other side does not answer"))
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.endHandshake()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.takeHead(head)
        case .body(let part):
            if self.state.isAnswering { self.take(.part(part)) }
        case .end:
            self.take(self.gate.mayEnd ? .end : .failure(HTTPCallError.malformed("an end before the end")))
        }
    }

    func read(context: ChannelHandlerContext) {
        if self.isPaused { self.wantsToRead = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.fail(self.isEstablished ? HTTPCallError(onConnection: error) : HTTPCallError(inHandshake: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(
            self.isEstablished
                ? HTTPCallError.connectionLost(.closed) : .notConnected(.tls, "TLS: closed by the other side")
        )
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            self.isEstablished = true
            self.endHandshake()
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func endHandshake() {
        self.handshakeTimer?.cancel()
        self.handshakeTimer = nil
    }

    private func takeHead(_ head: HTTPResponseHead) {
        do {
            try self.gate.begin(head)
            guard self.state.takeHead(isKeepAlive: head.isKeepAlive), let call = self.call else {
                throw HTTPCallError.malformed("a second head")
            }
            try call.receiver.take(head, of: call)
        } catch {
            self.fail(error)
        }
    }

    /// The connection cannot be used again; the call keeps the bytes that it has received.
    private func fail(_ error: any Error) {
        if self.state.close() { self.pool.forget(self) }
        self.take(.failure(error))
        self.context?.close(promise: nil)
    }

    private func take(_ event: Event) {
        if self.isPaused { self.events.append(event) } else { self.handle(event) }
    }

    private func handle(_ event: Event) {
        guard let call = self.call else { return }
        switch event {
        case .part(let part):
            do {
                guard let room = try call.receiver.take(part, on: call.eventLoop) else { return }
                self.isPaused = true
                room.assumeIsolated().whenComplete { self.resume(call, after: $0) }
            } catch {
                self.fail(error)
            }
        case .end:
            self.call = nil
            self.settle()
            call.finish()
        case .failure(let error):
            self.call = nil
            call.fail(error)
        }
    }

    /// Decides what becomes of the connection behind an answer.
    private func settle() {
        switch self.state.takeEnd(isRequestSent: self.isRequestSent) {
        case .reuse:
            self.idleSince = .now()
            self.pool.release(self)
        case .close, .malformed:
            self.pool.forget(self)
            self.context?.close(promise: nil)
        }
    }

    private var isRequestSent: Bool {
        do {
            return try self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes) == 0
        } catch {
            // The channel is closed.
            return false
        }
    }

    private func resume(_ call: HTTPCall, after room: Result<Void, any Error>) {
        guard self.call === call, self.isPaused else { return }
        self.isPaused = false
        if case .failure(let error) = room {
            self.events.removeAll()
            return self.fail(error)
        }
        while !self.isPaused, let event = self.events.popFirst() { self.handle(event) }
        if !self.isPaused, self.wantsToRead {
            self.wantsToRead = false
            self.context?.read()
        }
    }
}

@available(*, unavailable)
extension HTTPConnection: Sendable {}
