import NIOCore
import NIOHTTP1

/// NIO's HTTP/1 parser, with an eye on what it is fed.
///
/// The parser does not say which line was too long; that is told from here. Behind a request that asks for another protocol it takes
/// nothing more; no other protocol is spoken here (RFC 9110 §7.8), so that a new parser takes what comes.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    /// The request line is longer than the longest field.
    struct RequestLineTooLong: Error {}

    private var parser: HTTPRequestDecoder
    private let configuration: NIOHTTPDecoderLimitConfiguration
    private let fieldBytesMax: Int
    /// Bytes of an unfinished field that the parser wants to see again.
    private var keptBytes = 0
    /// Whether the parser has a part of a head, and whether the request line is complete in it.
    private var isPastRequestLine = false
    private var hasBegunRequestLine = false
    private var isInMessage = false
    private var asksForUpgrade = false
    private var context: ChannelHandlerContext?
    private var heads = 0

    init(limits: HTTPServerConfiguration) {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerFieldBytesMax
        configuration.maxHeaderListSize = limits.headerBlockBytesMax
        configuration.maxHeaderFieldCount = limits.headerFieldsMax
        self.fieldBytesMax = limits.headerFieldBytesMax
        self.configuration = configuration
        self.parser = HTTPRequestDecoder(limitConfiguration: configuration)
    }

    /// The handler behind saw a head.
    func sawHead(_ head: HTTPRequestHead) {
        self.heads &+= 1
        self.isInMessage = true
        self.asksForUpgrade = head.headers.contains(name: "upgrade")
    }

    /// The handler behind saw the end of a message.
    func sawEnd() {
        self.isInMessage = false
    }

    func decoderAdded(context: ChannelHandlerContext) {
        self.context = context
        self.parser.decoderAdded(context: context)
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.parser.decoderRemoved(context: context)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        let offered = buffer
        let headsBefore = self.heads
        let wasInMessage = self.isInMessage
        do {
            _ = try self.parser.decode(context: context, buffer: &buffer)
        } catch HTTPParserError.headerOverflow {
            throw self.isRequestLineTooLong(in: buffer)
                ? RequestLineTooLong() : HTTPParserError.headerOverflow as any Error
        }
        if self.heads != headsBefore || wasInMessage || self.isInMessage {
            self.isPastRequestLine = false
            self.hasBegunRequestLine = false
        } else if !self.isPastRequestLine {
            self.noteHeadBytes(offered.readableBytesView.dropLast(buffer.readableBytes))
        }
        self.keptBytes = buffer.readableBytes
        return .needMoreData
    }

    /// Between two messages, before a byte of the next one: puts a new parser where the old one takes nothing more.
    func beginMessage() {
        guard self.asksForUpgrade, let context = self.context else { return }
        self.asksForUpgrade = false
        self.parser.decoderRemoved(context: context)
        self.parser = HTTPRequestDecoder(limitConfiguration: self.configuration)
        self.parser.decoderAdded(context: context)
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try self.parser.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }

    /// Looks for the end of the request line; empty lines before it are not it.
    private func noteHeadBytes(_ bytes: ByteBufferView) {
        let line =
            self.hasBegunRequestLine ? bytes : bytes.drop { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        self.hasBegunRequestLine = self.hasBegunRequestLine || !line.isEmpty
        self.isPastRequestLine = line.contains(UInt8(ascii: "\n"))
    }

    /// Whether the first overlong line is a request line: it stands first, or a space comes before any colon in it.
    private func isRequestLineTooLong(in buffer: ByteBuffer) -> Bool {
        let bytes = buffer.readableBytesView
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let position = lines.firstIndex(where: { $0.count > self.fieldBytesMax }) else { return false }
        if position == 0, self.keptBytes > 0 { return !self.isPastRequestLine }
        guard let mark = lines[position].first(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }) else {
            return !self.isPastRequestLine
        }
        return mark == UInt8(ascii: " ")
    }
}
