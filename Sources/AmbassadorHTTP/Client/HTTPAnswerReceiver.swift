import NIOCore
import NIOHTTP1

/// Takes a call's answer as it comes, on the call's event loop.
///
/// After the end or a failure comes nothing more; what a method throws is the call's failure, which comes by ``fail(_:)`` too.
protocol HTTPAnswerReceiver: Sendable {
    func take(_ head: HTTPResponseHead, of call: HTTPCall) throws
    /// - Returns: when there is room for more; `nil` for at once.
    func take(_ part: ByteBuffer, on eventLoop: any EventLoop) throws -> EventLoopFuture<Void>?
    func finish()
    func fail(_ error: any Error)
}
