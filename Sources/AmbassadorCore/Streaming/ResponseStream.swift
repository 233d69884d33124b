package import NIOCore

/// The body of a response that is still being made, for its one reader.
package protocol ResponseStream: Sendable {
    /// Waits for what comes next.
    ///
    /// Called again only once the piece before was handed to the network, so that a slow reader slows the stream and not grows it.
    /// Where the reader's task is cancelled it returns ``StreamPiece/broken`` soon. After `end` or `broken` it is not called again.
    func next() async -> StreamPiece

    /// Says that the reader has left and that ``next()`` will not be called again; does nothing after the end.
    func abandon() async
}

/// What comes next of a stream.
package enum StreamPiece: Sendable {
    /// One or more whole records. Never empty.
    case bytes(ByteBuffer)
    /// The body is complete.
    case end
    /// The body will never be complete: the framing must show it, so that nobody takes what came for the whole.
    case broken
}
