import NIOCore
import NIOHTTP1

/// Stands before the parser of answers and lets one answer at a time through, and nothing that was not asked for.
final class AnswerGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What a chunked body ends with that has no trailers.
    private static let emptyLine = ByteBuffer(string: "\r\n")

    private var framer = AnswerFramer()
    private var hasFailed = false

    /// Whether the answer may end here.
    var mayEnd: Bool { self.framer.mayEnd }

    /// A request is about to be sent.
    func expect() {
        self.framer.expect()
    }

    /// The parser has read an answer's head.
    func begin(_ head: HTTPResponseHead) throws(HTTPCallError) {
        try self.framer.begin(head)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        while !self.hasFailed {
            let count: Int
            let isInTrailers = self.framer.isInTrailers
            do throws(HTTPCallError) {
                guard bytes.readableBytes > 0 else { return }
                count = try self.framer.scan(bytes.readableBytesView)
            } catch {
                self.hasFailed = true
                context.fireErrorCaught(error)
                return
            }
            guard var part = bytes.readSlice(length: count) else { return }
            if isInTrailers {
                guard self.framer.mayEnd else { continue }
                part = Self.emptyLine
            }
            // The parser reads it at once, and says before the next turn what it is.
            context.fireChannelRead(self.wrapInboundOut(part))
        }
    }
}
