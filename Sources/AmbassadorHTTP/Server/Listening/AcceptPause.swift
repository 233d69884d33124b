import AmbassadorCore
import Glibc
import Logging
import NIOCore

/// Pauses accepting while there is no descriptor or memory for one more connection.
///
/// The caller whom nobody can accept stays in the kernel's queue, so that its socket stays readable: NIO would come back at once, again
/// and again. Belongs to a listening channel.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let firstPause = TimeAmount.milliseconds(20)
    private static let longestPause = TimeAmount.seconds(1)
    private static let complaintInterval = TimeAmount.minutes(1)

    private let pauses: Counter
    private let logger: Logger
    private var pause = AcceptPause.firstPause
    private var isPaused = false
    private var nextComplaintAt = NIODeadline.uptimeNanoseconds(0)

    init(pauses: Counter, logger: Logger) {
        self.pauses = pauses
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.pause = Self.firstPause
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.isShortage(error.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        guard !self.isPaused else { return }
        self.isPaused = true
        self.pauses.increment()
        self.complain(error)
        self.setReading(false, context.channel)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: self.pause) { bound.value.0.resume(bound.value.1.channel) }
        self.pause = min(self.pause * 2, Self.longestPause)
    }

    private func resume(_ channel: any Channel) {
        self.isPaused = false
        if channel.isActive { self.setReading(true, channel) }
    }

    private func setReading(_ isReading: Bool, _ channel: any Channel) {
        do {
            try channel.syncOptions?.setOption(.autoRead, value: isReading)
        } catch {
            // A channel has the option as long as it is open.
            self.logger.debug("a listener was closed while it paused", metadata: ["error": "\(error)"])
        }
    }

    private func complain(_ error: IOError) {
        let now = NIODeadline.now()
        guard now >= self.nextComplaintAt else { return }
        self.nextComplaintAt = now + Self.complaintInterval
        let advice =
            error.errnoCode == EMFILE
            ? "raise the limit of open files (ulimit -n, LimitNOFILE) or lower limits.connections"
            : "the host is short of files or memory"
        self.logger.error(
            "connections cannot be accepted; they wait, and it is tried again within a second",
            metadata: ["error": "\(BoundSocket.SystemError(code: error.errnoCode).reason)", "advice": "\(advice)"]
        )
    }

    static func isShortage(_ code: Int32) -> Bool {
        [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(code)
    }
}
