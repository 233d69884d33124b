import NIOCore

/// What is sent to a caller that has ended its side, to find out whether it still listens.
struct CallerProbes {
    /// How much of the next answer was sent already.
    var bytesAhead = 0
    fileprivate var count = 0
    fileprivate var next: Scheduled<Void>?

    func cancel() {
        self.next?.cancel()
    }
}

/// Finds out whether a caller that has ended its side still listens.
///
/// A caller that left and one that only has nothing more to say end in the same way, but what is sent to the former is answered with
/// a reset, which ends the connection and all work for it. So a byte of what comes anyway is sent early: of `HTTP/1.1 `, with which
/// every answer begins, or a zero before the length of a stream's next chunk (RFC 9112 §7.1).
extension ConnectionHandler {
    private static let firstBytes = Array("HTTP/1.1 ".utf8)
    /// Some readers take a chunk's length of no more than sixteen digits.
    private static let probesMax = 8

    /// Sends a byte now and, as long as the answer is waited for, more of them at growing intervals.
    ///
    /// Who leaves may close in two steps, as with TLS, and listens to the first byte still.
    func probeCaller(pause: TimeAmount = .seconds(1)) {
        guard let context = self.context, self.pending != nil, self.probes.count < Self.probesMax else { return }
        self.probes.count += 1
        // What waits to be sent does the same.
        if self.output.readableBytes == 0, !self.isOutputBlocked, let byte = self.nextByteAhead() {
            self.direct.useQueue()
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(integer: byte)), promise: nil)
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.probes.next = context.eventLoop.scheduleTask(in: pause) { bound.value.probeCaller(pause: pause * 2) }
    }

    private func nextByteAhead() -> UInt8? {
        guard let stream = self.stream else {
            defer { self.probes.bytesAhead += 1 }
            return Self.firstBytes[self.probes.bytesAhead]
        }
        guard stream.isChunked, !stream.isSending else { return nil }
        self.stream?.hasChunkBegun = true
        return UInt8(ascii: "0")
    }
}
