import AmbassadorCore
import NIOCore

/// A request of a caller who was accepted.
struct AdminRequest: Sendable {
    let head: PlainHead
    let body: ByteBuffer
    let caller: Caller

    /// The address without its port, or `unix`.
    var client: String { self.head.clientAddress ?? "unix" }

    /// The body, where it is JSON of at most so many bytes.
    func content(upTo bytesMax: Int) throws(Refusal) -> ByteBuffer {
        if let fault = self.head.contentFault { throw fault }
        guard self.body.readableBytes <= bytesMax else {
            throw Refusal(.bodyTooLarge, "The request body is over \(bytesMax) bytes.")
        }
        return self.body
    }
}
