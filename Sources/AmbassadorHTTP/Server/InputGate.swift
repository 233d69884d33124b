import NIOCore
import NIOHTTP1

/// Stands before the parser and hands it a connection's bytes one message at a time, as long as the connection takes messages.
///
/// The parser works through whatever it is fed. Fed piece by piece, the first message too many is never parsed: its bytes are held
/// until there is room, and dropped once nothing more is taken. The gate knows where a message ends by three rules: a head ends at the
/// first empty line, content has its length, and chunks are counted.
///
/// It takes requests whose heads it has judged before past the parser. The parser stays the judge: it stands between two messages
/// whenever that happens, and each unknown head goes to it.
final class InputGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What the next byte is part of.
    private enum Expected {
        /// A head, of which bytes came or not; so many of the last ones begin the empty line that ends it.
        case head(RequestLineScanner, endBytes: Int)
        case content(left: Int)
        /// Content that goes past the parser, as its head did.
        case knownContent(left: Int)
        case chunks(ChunkScanner)

        static let nextHead = Expected.head(RequestLineScanner(), endBytes: 0)
    }

    private static let headEnd: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    /// What a chunked body ends with that has no trailers.
    private static let emptyLine = ByteBuffer(string: "\r\n")

    private let memo: HeadMemo
    let connection: ConnectionHandler
    private let heldBytesMax: Int
    private var context: ChannelHandlerContext?
    private var expected = Expected.nextHead
    private var held = ByteBuffer()
    private var holdsEnd = false
    private var isFeeding = false
    private var latest = LatestHead()
    /// Whether nothing but hits came since the last end of a read: of that nobody behind has to hear.
    private var hasOnlyHits = false
    private var hasPassedOn = false

    /// Makes the gate of a connection.
    ///
    /// While reading is held back, no more comes than the last read brought; but when the caller shuts its side down, all that the
    /// kernel has comes at once. That is what the limit is for.
    init(memo: HeadMemo, connection: ConnectionHandler, heldBytesMax: Int) {
        self.memo = memo
        self.connection = connection
        self.heldBytesMax = heldBytesMax
    }

    /// Whether bytes, or the caller's end, wait for room.
    var isHolding: Bool { !self.isFeeding && (self.held.readableBytes > 0 || self.holdsEnd) }

    /// Whether the next byte begins a message.
    var isBetweenMessages: Bool {
        guard case .head(let line, endBytes: 0) = self.expected, !line.hasBegun else { return false }
        return self.held.readableBytes == 0 && !self.isFeeding
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.connection.gate = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.connection.gate = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.held = ByteBuffer()
        self.holdsEnd = false
        self.breakKnown(context)
        self.connection.gate = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.takeHits(from: &bytes)
        guard bytes.readableBytes > 0 else {
            self.hasOnlyHits = true
            return
        }
        self.hasPassedOn = true
        if self.held.readableBytes == 0 {
            self.held = bytes
        } else {
            self.held.writeBuffer(&bytes)
        }
        self.feed()
        guard self.held.readableBytes <= self.heldBytesMax else {
            self.held = ByteBuffer()
            self.connection.close()
            return
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.hasPassedOn || !self.hasOnlyHits { context.fireChannelReadComplete() }
        (self.hasOnlyHits, self.hasPassedOn) = (false, false)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed, self.held.readableBytes > 0 {
            self.holdsEnd = true
        } else {
            if event as? ChannelEvent == .inputClosed { self.breakKnown(context) }
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Says of a request that the caller's end has cut off in its content what the parser would say, had it seen the head.
    private func breakKnown(_ context: ChannelHandlerContext) {
        guard case .knownContent = self.expected else { return }
        self.expected = .nextHead
        context.fireErrorCaught(HTTPParserError.invalidEOFState)
    }

    /// Hands on what there is room for.
    func feed() {
        guard !self.isFeeding, let context = self.context else { return }
        self.isFeeding = true
        defer { self.isFeeding = false }
        while self.held.readableBytes > 0, !self.connection.holdsReads {
            guard !self.connection.hasEndedInput else {
                self.held.clear()
                break
            }
            switch self.expected {
            case .head(let line, let endBytes):
                self.feedHead(line, endBytes: endBytes, context)
            case .content(let left):
                let length = min(left, self.held.readableBytes)
                self.expected = length == left ? .nextHead : .content(left: left - length)
                self.pass(length, context)
            case .knownContent(let left):
                let length = min(left, self.held.readableBytes)
                self.expected = length == left ? .nextHead : .knownContent(left: left - length)
                self.connection.receive(again: self.piece(length), isLast: length == left)
            case .chunks(let scanner):
                self.feedChunks(scanner, context)
            }
        }
        // What was read together is one buffer; without this an emptied one would stay in memory until the next read.
        if self.held.readableBytes == 0 { self.held = ByteBuffer() }
        if self.holdsEnd, self.held.readableBytes == 0 {
            self.holdsEnd = false
            self.breakKnown(context)
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    /// Hands on what came of a chunked body, as far as its trailers: in the place of those the parser gets the end alone.
    private func feedChunks(_ scanner: ChunkScanner, _ context: ChannelHandlerContext) {
        var scanner = scanner
        let isInTrailers = scanner.isInTrailers
        let length = scanner.scan(self.held.readableBytesView)
        self.expected = scanner.hasEnded ? .nextHead : .chunks(scanner)
        if isInTrailers {
            self.held.moveReaderIndex(forwardBy: length)
            if scanner.hasEnded { context.fireChannelRead(self.wrapInboundOut(Self.emptyLine)) }
        } else if length > 0 {
            self.pass(length, context)
        }
        if let fault = scanner.fault { self.connection.refuse(fault) }
    }

    private func pass(_ length: Int, _ context: ChannelHandlerContext) {
        context.fireChannelRead(self.wrapInboundOut(self.piece(length)))
    }

    private func piece(_ length: Int) -> ByteBuffer {
        guard let piece = self.held.readSlice(length: length) else {
            preconditionFailure("a piece is part of its whole")
        }
        return piece
    }

    private func feedHead(_ line: RequestLineScanner, endBytes: Int, _ context: ChannelHandlerContext) {
        let beginsMessage = !line.hasBegun && endBytes == 0
        if beginsMessage { self.connection.decoder.beginMessage() }
        if beginsMessage, self.connection.expectsHead {
            if self.takesKnown() { return }
            if let head = self.wholeHead() {
                self.feed(head, context)
                return
            }
        }
        let (length, endBytes) = self.lengthToHeadEnd(after: endBytes)
        var line = line
        guard line.scan(self.held.readableBytesView.prefix(length)) else {
            self.connection.refuse(RequestLineScanner.Malformed())
            return
        }
        self.expected = .head(line, endBytes: endBytes)
        self.pass(length, context)
        if endBytes == Self.headEnd.count { self.expected = self.afterHead }
    }

    /// Has a whole head judged, and remembers the verdict.
    private func feed(_ head: ByteBuffer, _ context: ChannelHandlerContext) {
        var line = RequestLineScanner()
        guard line.scan(head.readableBytesView) else {
            self.connection.refuse(RequestLineScanner.Malformed())
            return
        }
        self.pass(head.readableBytes, context)
        self.expected = self.afterHead
        if let (call, crossOrigin) = self.connection.acceptedCall {
            head.withUnsafeReadableBytes { self.memo.insert(call, crossOrigin, for: $0) }
        }
    }

    /// Takes a request past the parser where its head is known: whole, or as far as it has come.
    ///
    /// Whether it is a hit was looked at when it was read, or will be once it is whole; behind others in one read it goes the way of all.
    private func takesKnown() -> Bool {
        let known = self.held.withUnsafeReadableBytes { bytes in
            self.knownHead(bytes).map { ($0.head, $0.head.traceContext(in: bytes), $0.verdict) }
        }
        guard let (head, traceContext, verdict) = known else { return false }
        self.held.moveReaderIndex(forwardBy: head.byteCount)
        if let body = self.held.readSlice(length: head.contentLength) {
            self.connection.receive(again: head, traceContext, verdict, body)
        } else {
            self.expected = .knownContent(left: head.contentLength)
            self.connection.receive(again: head, traceContext, verdict)
        }
        return true
    }

    /// The request that the bytes begin with, where its head is known and its content is all there.
    func known(_ bytes: UnsafeRawBufferPointer) -> (head: FramedHead, verdict: HeadMemo.Verdict)? {
        guard let known = self.knownHead(bytes), bytes.count >= known.head.byteCount + known.head.contentLength else {
            return nil
        }
        return known
    }

    private func knownHead(_ bytes: UnsafeRawBufferPointer) -> (head: FramedHead, verdict: HeadMemo.Verdict)? {
        if self.latest.begins(bytes) { return self.latest.known }
        guard let known = self.memo.known(bytes) else { return nil }
        self.latest.replace(with: known, of: bytes)
        return known
    }

    /// What comes after the head that the parser has just seen the end of.
    private var afterHead: Expected {
        switch self.connection.bodyDue {
        case .length(let length): .content(left: length)
        case .chunked: .chunks(ChunkScanner())
        case nil: .nextHead
        }
    }

    /// The bytes up to and with the first empty line, where they are a head of a length that is kept.
    private func wholeHead() -> ByteBuffer? {
        let length = self.held.withUnsafeReadableBytes { bytes in
            var start = 0
            while let found = bytes[start...].firstIndex(of: UInt8(ascii: "\r")), found + 3 < bytes.count {
                if found + 4 > StrictFramer.headBytesMax { return Int?.none }
                if bytes.loadUnaligned(fromByteOffset: found, as: UInt32.self).littleEndian == 0x0A0D_0A0D {
                    return found + 4
                }
                start = found + 1
            }
            return nil
        }
        return length.flatMap { self.held.getSlice(at: self.held.readerIndex, length: $0) }
    }

    /// How many bytes there are up to the end of the first empty line, or in all, and how much of an empty line they end with.
    private func lengthToHeadEnd(after endBytes: Int) -> (length: Int, endBytes: Int) {
        var endBytes = endBytes
        for (position, byte) in self.held.readableBytesView.enumerated() {
            if byte == Self.headEnd[endBytes] {
                endBytes += 1
                if endBytes == Self.headEnd.count { return (position + 1, endBytes) }
            } else {
                endBytes = byte == Self.headEnd[0] ? 1 : 0
            }
        }
        return (self.held.readableBytes, endBytes)
    }
}
