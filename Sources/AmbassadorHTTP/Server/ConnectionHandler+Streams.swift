import AmbassadorCore
import DequeModule
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#endif

/// A stream on its way to the caller.
struct OutgoingStream {
    /// Whether the body ends with its last chunk; else it ends with its connection.
    let isChunked: Bool
    /// Whether the last piece has not left yet.
    var isSending = false
    /// Whether a zero of the next chunk's length was sent.
    var hasChunkBegun = false

    /// Whether a reader sees that more should have come, however the connection ends.
    ///
    /// The zero alone is the last chunk to some readers.
    var showsThatItIsCut: Bool { self.isChunked && !self.hasChunkBegun }
}

/// Hands a stream to its caller, piece by piece: the next one is asked for once the one before has left.
///
/// Runs off the loop, in the task that made the response; that task is cancelled as soon as the caller has left.
struct StreamDelivery: Sendable {
    let connection: NIOLoopBound<ConnectionHandler>

    func run(_ stream: any ResponseStream, headedBy response: Response) async {
        var isThere = await self.send { $0.beginStream(response) }
        while isThere {
            let piece = await stream.next()
            isThere = await self.send { $0.write(piece) }
            guard case .bytes = piece else { break }
        }
        if !isThere { await stream.abandon() }
    }

    /// Writes on the loop and waits until it has left.
    ///
    /// - Returns: Whether the caller was there.
    private func send(_ write: @escaping @Sendable (ConnectionHandler) -> EventLoopFuture<Void>?) async -> Bool {
        // Looked at before the loop is, which may have ended some time after the connection.
        guard !Task.isCancelled else { return false }
        let (connection, eventLoop) = (self.connection, self.connection.eventLoop)
        let written = eventLoop.flatSubmit {
            write(connection.value) ?? eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        do {
            try await written.get()
            return true
        } catch {
            return false
        }
    }
}

extension ConnectionHandler {
    /// A longer piece is not copied into its chunk.
    private static let copiedBytesMax = 16 * 1024

    /// Sends the head at once, so that the caller sees the answer begin.
    ///
    /// - Returns: When it has left; `nil` where the caller is gone.
    fileprivate func beginStream(_ response: Response) -> EventLoopFuture<Void>? {
        guard self.context != nil, let exchange = self.pending?.exchange else { return nil }
        let isChunked = exchange.minorVersion == 1
        let keepsAlive = isChunked && self.canOutlive(exchange)
        self.table.encoding.write(response, self.manner(of: exchange, keepsAlive: keepsAlive), into: &self.output)
        self.stream = OutgoingStream(isChunked: isChunked)
        if !keepsAlive {
            self.pending?.exchange.keepsAlive = false
            self.takeNothingMore()
        }
        return self.sendOutput()
    }

    fileprivate func write(_ piece: StreamPiece) -> EventLoopFuture<Void>? {
        guard let context = self.context, let stream = self.stream else { return nil }
        self.direct.useQueue()
        switch piece {
        case .bytes(let bytes) where bytes.readableBytes == 0:
            // A chunk without a byte would end the body.
            return context.eventLoop.makeSucceededVoidFuture()
        case .bytes(let bytes) where !stream.isChunked:
            context.write(self.wrapOutboundOut(bytes), promise: nil)
        case .bytes(var bytes):
            while let record = ResponseEncoding.takeRecord(from: &bytes) { self.writeChunk(record, context) }
        case .end:
            if stream.isChunked { self.output.writeStaticString("0\r\n\r\n") }
            self.finishStream(isComplete: true)
            return context.eventLoop.makeSucceededVoidFuture()
        case .broken:
            // Chunks without the last one are seen to be cut; what has no framing must end in a way that is.
            if stream.showsThatItIsCut { self.finishStream(isComplete: false) } else { self.reset() }
            return context.eventLoop.makeSucceededVoidFuture()
        }
        return self.sendOutput()
    }

    private func writeChunk(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard bytes.readableBytes > Self.copiedBytesMax else {
            ResponseEncoding.writeChunk(bytes, into: &self.output)
            return
        }
        ResponseEncoding.writeHexadecimal(bytes.readableBytes, into: &self.output)
        self.output.writeStaticString("\r\n")
        context.write(self.wrapOutboundOut(self.takeOutput()), promise: nil)
        context.write(self.wrapOutboundOut(bytes), promise: nil)
        self.output.writeStaticString("\r\n")
    }

    private func sendOutput() -> EventLoopFuture<Void>? {
        guard let context = self.context else { return nil }
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.direct.useQueue()
        self.stream?.isSending = true
        self.stream?.hasChunkBegun = false
        sent.futureResult.whenComplete { _ in
            bound.value.stream?.isSending = false
            bound.value.armTimer()
        }
        context.writeAndFlush(self.wrapOutboundOut(self.takeOutput()), promise: sent)
        self.armTimer()
        return sent.futureResult
    }

    /// Lets the next request have its turn, or closes where this was the last one or the body is not whole.
    private func finishStream(isComplete: Bool) {
        guard let exchange = self.pending?.exchange else { return }
        self.pending = nil
        self.stream = nil
        if !isComplete || !self.canOutlive(exchange) {
            self.isLastAnswerWritten = true
            self.takeNothingMore()
        }
        self.proceed()
    }

    /// Closes so that the caller sees the connection fail, and takes nothing of what it got for a whole body.
    func reset() {
        guard let context = self.context else { return }
        // Without lingering the kernel resets. On the loop it is set at once; where it cannot be, as on a Unix domain socket, closing is
        // all there is.
        if let socket = context.channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        // Past TLS, which would say that the stream has come to its end.
        let encryption = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (encryption ?? context).close(promise: nil)
    }
}
