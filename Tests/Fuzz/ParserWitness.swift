import NIOCore
import NIOEmbedded
import NIOHTTP1

/// The parser, one request after the other on a connection that has no network.
struct ParserWitness {
    struct Message {
        var head: HTTPRequestHead
        var content = ByteBuffer()
    }

    private let channel = EmbeddedChannel()

    init() throws {
        let limits = NIOHTTPDecoderLimitConfiguration()
        try self.channel.pipeline.syncOperations.addHandler(
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits))
        )
    }

    /// What the parser makes of one request, which must be all there.
    ///
    /// - Returns: `nil` where it takes it for anything else than one whole message.
    func read(_ request: ArraySlice<UInt8>) throws -> Message? {
        try self.channel.writeInbound(ByteBuffer(bytes: request))
        guard case .head(let head)? = try self.channel.readInbound(as: HTTPServerRequestPart.self) else { return nil }
        var message = Message(head: head)
        while let part = try self.channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head: return nil
            case .body(let bytes): message.content.writeImmutableBuffer(bytes)
            case .end: return try self.channel.readInbound(as: HTTPServerRequestPart.self) == nil ? message : nil
            }
        }
        return nil
    }
}
