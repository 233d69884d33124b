import NIOCore

/// Stands before the parser and takes the requests whose heads it has judged before, whole, past it.
///
/// The parser stays the judge: it is fed each unknown head by itself, then exactly its body, so that it stands between two messages
/// whenever a request is taken past it. Where a request cannot be told apart that way (it came in parts, or is not a plain call), the
/// connection's bytes go to the parser from then on, as they are.
final class HeadMemoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let memo: HeadMemo
    private let connection: ConnectionHandler
    /// Whether the parser stands between two messages.
    private var isBetweenMessages = true

    init(memo: HeadMemo, connection: ConnectionHandler) {
        self.memo = memo
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.isBetweenMessages else {
            context.fireChannelRead(data)
            return
        }
        var bytes = self.unwrapInboundIn(data)
        while bytes.readableBytes > 0 {
            guard let head = Self.head(in: bytes), self.take(head, &bytes, context) else {
                self.isBetweenMessages = false
                if bytes.readableBytes > 0 { context.fireChannelRead(self.wrapInboundOut(bytes)) }
                return
            }
        }
    }

    /// Takes one request off the front of the bytes.
    ///
    /// - Returns: `false` where the parser does not stand between two messages afterwards.
    private func take(_ head: ByteBuffer, _ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        guard self.connection.expectsHead else { return false }
        if let (verdict, length) = self.memo.verdict(on: head) {
            let whole = head.readableBytes + length
            guard let body = bytes.getSlice(at: bytes.readerIndex + head.readableBytes, length: length) else {
                return false
            }
            bytes.moveReaderIndex(forwardBy: whole)
            self.connection.receive(again: verdict, body)
            return true
        }
        bytes.moveReaderIndex(forwardBy: head.readableBytes)
        context.fireChannelRead(self.wrapInboundOut(head))
        guard let (verdict, length) = self.connection.acceptedCall, let body = bytes.readSlice(length: length) else {
            return false
        }
        self.memo.insert(verdict, bodyLength: length, for: head)
        context.fireChannelRead(self.wrapInboundOut(body))
        return true
    }

    /// The bytes up to and with the first empty line, where they are a head of a length that is kept.
    private static func head(in bytes: ByteBuffer) -> ByteBuffer? {
        let length = bytes.withUnsafeReadableBytes { bytes in
            var start = 0
            while let found = bytes[start...].firstIndex(of: UInt8(ascii: "\r")), found + 3 < bytes.count {
                if found + 4 > HeadMemo.headBytesMax { return Int?.none }
                if bytes.loadUnaligned(fromByteOffset: found, as: UInt32.self).littleEndian == 0x0A0D_0A0D {
                    return found + 4
                }
                start = found + 1
            }
            return nil
        }
        return length.flatMap { bytes.getSlice(at: bytes.readerIndex, length: $0) }
    }
}
