import NIOCore

/// One socket to Redis: commands in, replies out, in their order.
///
/// Bound to its channel's event loop. hiredis serves as the codec; NIO owns the socket, so nothing blocks.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What its owner has to know.
    enum Event {
        /// Commands may be sent.
        case ready
        /// Redis refused a command in a way that concerns more than this command.
        case refused(ServerWord, ServerWord.Consequence)
        /// The socket is of no more use. The last event, once.
        case ended(RedisCloseReason)
    }

    private let greeting: RedisGreeting
    private let commandTimeout: TimeAmount
    private let greetingTimeout: TimeAmount
    private let notify: (Event) -> Void

    private var pipeline: RedisPipeline<RedisSubmission>
    private var reader: ReplyReader?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var hasEnded = false
    private var hasGreeted = false

    /// Makes the handler of a socket that is about to be used.
    ///
    /// `notify` is called on the event loop and must not call back into the handler but for ``send(_:)``.
    init(
        greeting: RedisGreeting,
        limits: ReplyReader.Limits,
        commandTimeout: TimeAmount,
        greetingTimeout: TimeAmount,
        notify: @escaping (Event) -> Void
    ) {
        self.greeting = greeting
        self.commandTimeout = commandTimeout
        self.greetingTimeout = greetingTimeout
        self.notify = notify
        self.reader = ReplyReader(limits: limits)
        self.pipeline = RedisPipeline(greeting: greeting.steps, deadline: .distantFuture)
    }

    /// Writes commands in one go.
    ///
    /// Each is completed: with its reply, or with ``RedisError/closed`` or ``RedisError/timedOut`` when the socket ends first.
    func send(_ submissions: some Sequence<RedisSubmission>) {
        guard let context, self.pipeline.isReady else {
            for submission in submissions { submission.complete(.failure(.away)) }
            return
        }
        let wasIdle = self.pipeline.isIdle
        let deadline = context.eventLoop.now + self.commandTimeout
        var gathered = ByteBuffer()
        for submission in submissions {
            self.pipeline.enter(submission, submission.command.name, deadline: deadline)
            var bytes = submission.command.bytes
            if bytes.readableBytes > Self.gatheredBytesMax {
                // Large values are written as they are; the socket takes both in one system call.
                context.write(self.wrapOutboundOut(gathered), promise: nil)
                context.write(self.wrapOutboundOut(bytes), promise: nil)
                gathered = ByteBuffer()
            } else {
                gathered.writeBuffer(&bytes)
            }
        }
        context.writeAndFlush(self.wrapOutboundOut(gathered), promise: nil)
        if wasIdle { self.watch(context) }
    }

    private static let gatheredBytesMax = 16 << 10

    /// Takes no more commands, waits for those under way as long as they may take, and closes.
    func stop() {
        guard let context else { return }
        self.pipeline.drain()
        if self.pipeline.isIdle { self.end(context, .stopped) }
    }

    /// Ends without a socket: it was closed before this handler was part of it.
    func abandon() {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        self.notify(.ended(.peerClosed))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.greet(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end(context, .peerClosed)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        self.greet(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(context, .peerClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(context, .failed(String(describing: error)))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasEnded else { return }
        let bytes = self.unwrapInboundIn(data)
        do throws(ReplyReader.Violation) {
            guard self.reader != nil else { throw ReplyReader.Violation(detail: "no memory") }
            try self.reader?.feed(bytes) { self.receive($0, context) }
        } catch {
            self.end(context, .protocolViolation(error.detail))
        }
    }

    private func greet(_ context: ChannelHandlerContext) {
        guard !self.hasGreeted else { return }
        self.hasGreeted = true
        let deadline = context.eventLoop.now + self.greetingTimeout
        self.pipeline = RedisPipeline(greeting: self.greeting.steps, deadline: deadline)
        context.writeAndFlush(self.wrapOutboundOut(self.greeting.bytes), promise: nil)
        self.watch(context)
    }

    /// - Returns: whether the socket is still of use.
    private func receive(_ reply: RedisReply, _ context: ChannelHandlerContext) -> Bool {
        switch self.pipeline.receive(reply) {
        case .greeting:
            return true
        case .ready:
            // The timer still stands at the greeting's deadline, which is later than the first command's.
            self.timer?.cancel()
            self.timer = nil
            self.notify(.ready)
            return !self.hasEnded
        case .complete(let submission, let result, let word, let consequence):
            if consequence == .none {
                submission.complete(result)
                return self.follow(consequence, word, context)
            }
            // Here too: whoever is told of the word finds what follows from it.
            let goesOn = self.follow(consequence, word, context)
            submission.complete(result)
            return goesOn
        case .close(let reason):
            self.end(context, reason)
            return false
        }
    }

    private func follow(
        _ consequence: ServerWord.Consequence,
        _ word: ServerWord?,
        _ context: ChannelHandlerContext
    ) -> Bool {
        if let word, consequence != .none { self.notify(.refused(word, consequence)) }
        switch (consequence, word) {
        case (.backOff, let word?), (.reconnect, let word?):
            self.end(context, .server(word))
        case (.deny(let denial), _):
            self.end(context, .denied(denial))
        default:
            if self.pipeline.isDrained { self.end(context, .stopped) }
        }
        return !self.hasEnded
    }

    /// Watches the oldest deadline with one timer, which is moved only when it fires.
    private func watch(_ context: ChannelHandlerContext) {
        guard self.timer == nil, !self.hasEnded else { return }
        switch self.pipeline.expire(at: context.eventLoop.now) {
        case .idle:
            return
        case .close:
            self.end(context, .timedOut)
        case .rearm(let deadline):
            self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
                guard let self, let context = self.context else { return }
                self.timer = nil
                self.watch(context)
            }
        }
    }

    private func end(_ context: ChannelHandlerContext, _ reason: RedisCloseReason) {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        self.timer?.cancel()
        self.timer = nil
        let waiters = self.pipeline.close()
        // The owner hears of it first, so that whoever is told of a failure finds the connection away.
        self.notify(.ended(reason))
        for submission in waiters {
            submission.complete(.failure(reason == .timedOut ? .timedOut : .closed))
        }
        context.close(promise: nil)
    }
}
