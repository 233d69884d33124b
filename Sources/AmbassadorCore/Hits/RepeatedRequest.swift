package import NIOCore

/// A whole request of a connection, nothing made of its body yet: what is asked for a hit.
///
/// Only good for as long as the bytes are where they are.
package struct RepeatedRequest {
    package let head: CallHead
    package let body: UnsafeRawBufferPointer
    /// `nil` where the caller named none and none was made yet.
    package let traceID: TraceID?
    package let clientAddress: String?
    /// When the first byte of the request was read.
    package let receivedAt: NIODeadline

    package init(
        head: CallHead,
        body: UnsafeRawBufferPointer,
        traceID: TraceID?,
        clientAddress: String?,
        receivedAt: NIODeadline
    ) {
        self.head = head
        self.body = body
        self.traceID = traceID
        self.clientAddress = clientAddress
        self.receivedAt = receivedAt
    }
}
