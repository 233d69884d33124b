import AmbassadorCore
import DequeModule
import NIOCore
import NIOHTTP1

/// One connection: collects requests, asks for their answers in order, and writes each answer whole, or a stream as it comes.
///
/// An answer that needs no waiting is decided and written within the read that completed its request. Everything here runs on
/// the channel's event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What is being read.
    enum Input {
        /// Between two requests; a part of a head may have come.
        case head
        /// The content of `incoming`.
        case body
        /// The rest of a request that has its answer already.
        case discarding(bytesLeft: Int)
        /// Nothing more is taken.
        case ended
    }

    /// What a request asks for whose content is being read.
    enum IncomingHead {
        case call(CallHead)
        case plain(PlainHead)
    }

    /// A request whose content is being read.
    struct Incoming {
        let head: IncomingHead
        let traceID: TraceID
        let traceContext: TraceContext?
        let body: RequestFields.Body
        let keepsAlive: Bool
        let minorVersion: Int
        let receivedAt: NIODeadline
        let crossOrigin: CrossOriginGrant?
        /// Whether its head is one that comes again as the same object.
        var hasKnownHead = false
        var content = ByteBuffer()
    }

    let configuration: HTTPServerConfiguration
    let responder: any Responder
    /// Who answers on a plane that has routes of its own.
    let plain: (any PlainResponder)?
    let table: ConnectionTable
    let decoder: RequestDecoder
    let clientAddress: String?

    /// What stands before the parser and holds bytes back while too many requests wait.
    var gate: InputGate?
    /// `nil` before the connection is open and after it is closed.
    var context: ChannelHandlerContext?
    var input = Input.head
    var incoming: Incoming?
    /// How the content of the request is delimited that is being read or thrown away.
    var framing = RequestFields.Body.length(0)
    var waiting = Deque<Exchange>()
    var waitingBytes = 0
    /// The answer that is being waited for.
    var pending: PendingAnswer?
    /// The body that `pending` is writing, from its head on.
    var stream: OutgoingStream?
    var output = ByteBuffer()
    var direct: DirectOutput
    var probes = CallerProbes()
    var owesContinue = false
    var isLastAnswerWritten = false
    var isOutputEnding = false
    var hasSeenEOF = false
    /// When a part of a head came, the rest of which is awaited.
    var headBegunAt: NIODeadline?
    var timer = ConnectionTimer()
    var bufferedBytesAtWrite = 0
    private var isReadHeld = false
    private var hasSeenPart = false
    var lastActive = NIODeadline.now()

    init(
        configuration: HTTPServerConfiguration,
        responder: any Responder,
        table: ConnectionTable,
        decoder: RequestDecoder,
        direct: DirectOutput = DirectOutput(socket: nil),
        clientAddress: String?
    ) {
        self.direct = direct
        self.configuration = configuration
        self.responder = responder
        self.plain = (responder as? PlainPlane)?.responder
        self.table = table
        self.decoder = decoder
        self.clientAddress = clientAddress
    }

    /// Whether no request is under way but, perhaps, the first bytes of a head.
    var isIdle: Bool {
        guard case .head = self.input else { return false }
        return self.pending == nil && self.waiting.isEmpty && !self.isOutputBlocked && self.output.readableBytes == 0
    }

    /// Since when the body of the only request of the connection has been awaited; `nil` where another one is under way, or none.
    var receivingSince: NIODeadline? {
        guard case .body = self.input, self.pending == nil, self.waiting.isEmpty else { return nil }
        return self.output.readableBytes == 0 ? self.incoming?.receivedAt : nil
    }

    /// Whether enough is unsent; as the channel last told.
    private(set) var isOutputBlocked = false

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.table.insert(self)
        self.armTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    /// The caller is gone: whoever works for it is told.
    private func end() {
        guard self.context != nil else { return }
        self.context = nil
        self.gate = nil
        self.input = .ended
        self.incoming = nil
        self.waiting.removeAll()
        self.pending?.task?.cancel()
        self.pending = nil
        self.stream = nil
        self.timer.cancel()
        self.probes.cancel()
        self.table.remove(self)
    }

    /// Notes that a message, or a part of one, came with this read.
    func noteMessage() {
        self.hasSeenPart = true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.noteMessage()
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.decoder.sawHead(head)
            self.receive(head)
        case .body(let bytes):
            self.receive(bytes)
        case .end:
            // Trailers are dropped: nothing in them may change a request that was checked.
            self.decoder.sawEnd()
            self.receiveEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.noteReadEnd()
        self.proceed()
    }

    /// Takes note of what the bytes that were handed on until now have brought.
    private func noteReadEnd() {
        self.lastActive = .now()
        if case .head = self.input, !self.hasSeenPart, self.headBegunAt == nil {
            self.headBegunAt = self.lastActive
        } else if self.hasSeenPart {
            // Whatever was waited for has come at least in part; only the phase that is entered now counts.
            if self.timer.phase == .idle { self.timer.restart() }
        }
        self.hasSeenPart = false
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isOutputBlocked = !context.channel.isWritable
        if !self.isOutputBlocked { self.proceed() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if self.holdsReads || self.gate?.isHolding == true {
            self.isReadHeld = true
        } else {
            context.read()
        }
    }

    /// Reading and parsing stop while enough is waiting, so that a caller who sends on fills its own buffers and not ours.
    var holdsReads: Bool {
        guard !self.hasEndedInput else { return false }
        let depth = self.waiting.count + (self.pending == nil ? 0 : 1)
        return depth >= self.configuration.pipeliningDepthMax || self.waitingBytes > self.configuration.bodyBytesMax
            || self.isOutputBlocked
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            self.hasSeenEOF = true
            self.input = .ended
            self.proceed()
            self.probeCaller()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard self.context != nil else { return }
        switch error {
        case is HTTPParserError, is RequestDecoder.RequestLineTooLong:
            self.refuse(error)
            self.proceed()
        case ByteToMessageDecoderError.dataReceivedInErrorState:
            // More bytes of a message that was refused; the connection closes when its answer has been read.
            break
        default:
            self.close()
        }
    }

    /// When what was written is handed to the channel.
    enum FlushTime {
        case now
        case atTurnEnd
    }

    /// Works on what can be worked on, after something has come that was waited for.
    func proceed(flushing time: FlushTime = .now) {
        guard self.context != nil else { return }
        self.advance()
        while let gate = self.gate, gate.isHolding, !self.holdsReads {
            gate.feed()
            self.noteReadEnd()
            self.advance()
        }
        self.sendContinueIfOwed()
        switch time {
        case .now: self.flush()
        case .atTurnEnd: self.table.flushAtTurnEnd(self)
        }
        if self.isReadHeld, !self.holdsReads, self.gate?.isHolding != true {
            self.isReadHeld = false
            self.context?.read()
        }
        self.armTimer()
    }

    /// Closes at once, answered or not.
    func close() {
        if let stream = self.stream, !stream.showsThatItIsCut {
            self.reset()
        } else {
            self.context?.close(promise: nil)
        }
    }

    /// Takes no further request: closes now, or after the answers that are owed.
    func finishUp() {
        // Answers that wait for the end of the turn leave first: without them the connection may be idle.
        self.flush()
        if self.isIdle, self.headBegunAt == nil {
            self.input = .ended
            self.isLastAnswerWritten = true
        }
        self.proceed()
    }
}
