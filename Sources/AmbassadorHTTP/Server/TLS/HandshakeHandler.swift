import AmbassadorCore
import NIOCore
import NIOTLS

/// Closes a connection whose TLS handshake does not end in time, and counts those that end without one.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let timeout: TimeAmount
    private let failed: Counter
    private var deadline: Scheduled<Void>?
    private var isDone = false

    init(timeout: TimeAmount, failed: Counter) {
        self.timeout = timeout
        self.failed = failed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.deadline = context.eventLoop.scheduleTask(in: self.timeout) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.deadline?.cancel()
        if !self.isDone { self.failed.increment() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            self.isDone = true
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }
}
