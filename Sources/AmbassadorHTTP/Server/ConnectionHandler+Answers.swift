import AmbassadorCore
import DequeModule
import NIOCore

extension ConnectionHandler {
    /// Takes a request in its turn: now, or after those before it.
    func submit(_ exchange: Exchange) {
        if self.waiting.isEmpty, self.mayAnswer {
            self.answer(exchange)
        } else {
            self.waiting.append(exchange)
            self.waitingBytes += exchange.bodyBytes
        }
    }

    /// Answers what waits, until an answer has to be waited for or the caller does not read.
    func advance() {
        while self.mayAnswer, let exchange = self.waiting.popFirst() {
            self.waitingBytes -= exchange.bodyBytes
            self.answer(exchange)
        }
    }

    private var mayAnswer: Bool {
        guard self.context != nil, self.pending == nil, !self.isLastAnswerWritten else { return false }
        // Many answers to one burst leave in parts, so that a caller who asks and does not read cannot fill the memory.
        if self.output.readableBytes > self.configuration.unsentBytesMax { self.flush() }
        // The flush may have found that the caller is gone, and ended everything.
        return self.context != nil && !self.isOutputBlocked
    }

    private func answer(_ exchange: Exchange) {
        switch exchange.question {
        case .request(let request):
            let shortcuts = exchange.hasKnownHead ? self.table.shortcuts : nil
            self.follow(self.responder.decide(request, remembering: shortcuts), for: exchange)
        case .plain(let request):
            guard let plain = self.plain else { preconditionFailure("a plane has no routes of its own") }
            self.wait(for: { await plain.answer(request) }, exchange)
        case .hit:
            preconditionFailure("a hit has its answer already")
        case .refused(let refusal, let head):
            self.follow(self.responder.refuse(refusal, of: head), for: exchange)
        case .list(let request):
            self.follow(self.responder.list(request), for: exchange)
        case .probe(let probe, let traceID):
            self.write(self.responder.probe(probe, traceID: traceID), for: exchange)
        case .preflight(let preflight):
            self.finish(exchange) { manner in
                self.table.encoding.write(preflight, manner, into: &self.output)
            }
        }
    }

    func follow(_ decision: Decision, for exchange: Exchange) {
        switch decision {
        case .answered(let response):
            if case .stream = response.content {
                self.wait(for: { response }, exchange)
            } else {
                self.write(response, for: exchange)
            }
        case .committing(let held):
            self.pending = PendingAnswer(exchange: exchange)
            self.table.heldAnswers.hold(held, of: self)
        case .pending(let work):
            self.wait(for: work, exchange)
        case .asking(let ask):
            self.ask(ask, for: exchange)
        }
    }

    private func wait(for work: @escaping @Sendable () async -> Response, _ exchange: Exchange) {
        guard let eventLoop = self.context?.eventLoop else {
            // Nobody reads the answer, but its record is owed.
            return Self.abandon(work)
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let task = Task(executorPreference: self.table.executor) {
            let response = await work()
            switch response.content {
            case .stream(let stream): await StreamDelivery(connection: bound).run(stream, headedBy: response)
            default: bound.value.finishPending(with: response)
            }
        }
        self.pending = PendingAnswer(exchange: exchange, task: task)
    }

    /// Writes the answer that was waited for, and goes on with what came meanwhile.
    func finishPending(with response: Response) {
        // Without a context the caller has left, and nobody reads the answer.
        guard self.context != nil, let pending = self.pending else { return }
        self.pending = nil
        self.write(response, for: pending.exchange)
        self.proceed()
    }

    private func write(_ response: Response, for exchange: Exchange) {
        self.finish(exchange) { manner in
            self.makeRoom(for: response)
            self.table.encoding.write(response, manner, into: &self.output)
        }
    }

    /// Sees to it that a usual answer can be written without moving what was written before.
    func makeRoom(for response: Response) {
        let bytes = ResponseEncoding.usualHeadBytesMax + response.content.byteCount
        if self.output.capacity == 0 {
            self.output = self.table.outputMemory.take(atLeast: bytes)
        } else {
            self.output.reserveCapacity(minimumWritableBytes: bytes)
        }
    }

    /// Writes an answer whole.
    private func finish(_ exchange: Exchange, _ write: (ResponseEncoding.Manner) -> Void) {
        let keepsAlive = self.canOutlive(exchange)
        write(self.manner(of: exchange, keepsAlive: keepsAlive))
        if !keepsAlive {
            self.isLastAnswerWritten = true
            self.takeNothingMore()
        }
    }

    /// Whether the connection may stay open after the answer.
    func canOutlive(_ exchange: Exchange) -> Bool {
        exchange.keepsAlive && !self.table.isDraining && !(self.hasSeenEOF && self.waiting.isEmpty)
    }

    func manner(of exchange: Exchange, keepsAlive: Bool) -> ResponseEncoding.Manner {
        ResponseEncoding.Manner(
            persistence: !keepsAlive ? .close : exchange.minorVersion == 0 ? .keepAlive : .implied,
            takesChunks: exchange.minorVersion == 1,
            includesBody: !exchange.isHEAD,
            crossOrigin: exchange.crossOrigin
        )
    }

    /// Drops what came after the request whose answer is the last one.
    func takeNothingMore() {
        self.input = .ended
        self.incoming = nil
        self.waiting.removeAll()
        self.waitingBytes = 0
    }

    /// Asks for the body of a caller that waits to be asked (RFC 9110 §10.1.1), when all answers before it were given.
    func sendContinueIfOwed() {
        guard self.owesContinue, self.mayAnswer, self.waiting.isEmpty, case .body = self.input else { return }
        self.owesContinue = false
        self.output.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// Hands what was written to the channel, once for all answers of a read.
    func flush() {
        guard let context = self.context, !self.isOutputEnding else { return }
        let isDone = self.hasSeenEOF && self.pending == nil && self.waiting.isEmpty
        guard self.isLastAnswerWritten || isDone else {
            guard self.output.readableBytes > 0 else { return }
            self.send(self.takeOutput(), context)
            return
        }
        self.isOutputEnding = true
        self.isLastAnswerWritten = true
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.endOutput() }
        self.direct.useQueue()
        context.writeAndFlush(self.wrapOutboundOut(self.takeOutput()), promise: written)
    }

    private func send(_ output: ByteBuffer, _ context: ChannelHandlerContext) {
        var unsent = output
        if case .sent(let count) = self.direct.send(output, on: context.channel) {
            unsent.moveReaderIndex(forwardBy: count)
        }
        if unsent.readableBytes > 0 {
            self.direct.useQueue()
            context.writeAndFlush(self.wrapOutboundOut(unsent), promise: nil)
        }
        self.table.outputMemory.giveBack(output)
    }

    func takeOutput() -> ByteBuffer {
        var bytes = self.output
        self.output = ByteBuffer()
        if self.probes.bytesAhead > 0, bytes.readableBytes >= self.probes.bytesAhead {
            bytes.moveReaderIndex(forwardBy: self.probes.bytesAhead)
            self.probes.bytesAhead = 0
        }
        return bytes
    }

    /// Closes our side first: closing both with bytes unread would reset the connection, and the caller might lose the answer.
    private func endOutput() {
        guard let context = self.context else { return }
        if self.hasSeenEOF {
            context.close(promise: nil)
        } else {
            context.close(mode: .output, promise: nil)
        }
    }
}
