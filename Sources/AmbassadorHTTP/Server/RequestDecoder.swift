import NIOCore
import NIOHTTP1

/// NIO's HTTP/1 parser, with an eye on what it is fed.
///
/// The parser does not say which line was too long, nor how much of a chunked body is framing; both are told from here.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    /// The request line is longer than the longest field.
    struct RequestLineTooLong: Error {}
    /// A chunked body is nearly all framing.
    struct ChunkFramingTooLong: Error {}

    private let parser: HTTPRequestDecoder
    private let fieldBytesMax: Int
    /// Bytes of an unfinished field that the parser wants to see again.
    private var keptBytes = 0
    /// Whether the parser has a part of a head, and whether the request line is complete in it.
    private var isPastRequestLine = false
    private var chunks: (content: Int, framing: Int)?
    private var heads = 0

    init(limits: HTTPServerConfiguration) {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerFieldBytesMax
        configuration.maxHeaderListSize = limits.headerBlockBytesMax
        configuration.maxHeaderFieldCount = limits.headerFieldsMax
        self.fieldBytesMax = limits.headerFieldBytesMax
        self.parser = HTTPRequestDecoder(limitConfiguration: configuration)
    }

    /// The handler behind saw a head.
    func sawHead() {
        self.heads &+= 1
        self.chunks = nil
    }

    /// The handler behind is to get a chunked body; its framing is limited from the next read on.
    func expectChunks() {
        self.chunks = (content: 0, framing: 0)
    }

    /// The handler behind saw content of a body.
    func sawContent(_ count: Int) {
        self.chunks?.content += count
    }

    /// The handler behind saw the end of a message.
    func sawEnd() {
        self.chunks = nil
    }

    func decoderAdded(context: ChannelHandlerContext) {
        self.parser.decoderAdded(context: context)
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        self.parser.decoderRemoved(context: context)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        let offered = buffer
        let headsBefore = self.heads
        let chunksBefore = self.chunks
        do {
            _ = try self.parser.decode(context: context, buffer: &buffer)
        } catch HTTPParserError.headerOverflow {
            throw self.isRequestLineTooLong(in: buffer)
                ? RequestLineTooLong() : HTTPParserError.headerOverflow as any Error
        }
        if self.heads == headsBefore, self.chunks == nil, !self.isPastRequestLine {
            let consumed = offered.readableBytesView.dropLast(buffer.readableBytes)
            self.isPastRequestLine = consumed.contains(UInt8(ascii: "\n"))
        } else if self.heads != headsBefore {
            self.isPastRequestLine = false
        }
        if let before = chunksBefore, let now = self.chunks {
            self.chunks?.framing += offered.readableBytes - self.keptBytes - (now.content - before.content)
            try self.checkChunks()
        }
        self.keptBytes = buffer.readableBytes
        return .needMoreData
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try self.parser.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }

    /// Even a body sent in chunks of one byte has no more than five bytes of framing a byte.
    private func checkChunks() throws {
        guard let chunks = self.chunks, chunks.framing > 4096 + 8 * chunks.content else { return }
        throw ChunkFramingTooLong()
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
