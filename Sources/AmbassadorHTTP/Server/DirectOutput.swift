import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Sends to a connection's socket without the channel's queue of writes, which costs as much as the rest of the channel.
///
/// Only while that queue is empty, so that no byte overtakes another; what the socket does not take goes into the queue. Belongs to the
/// connection's loop.
struct DirectOutput {
    enum Result {
        /// The socket took so many bytes; the rest is the channel's to send.
        case sent(Int)
        /// The channel has to send all of it.
        case unavailable
    }

    /// `nil` where what is written must pass through the channel, as with TLS.
    private let socket: NIOBSDSocket.Handle?
    /// Whether the channel may still have bytes to send.
    private var isQueueInUse = false

    init(socket: NIOBSDSocket.Handle?) {
        self.socket = socket
    }

    /// The socket of a channel, where that sends what it is given as it is.
    static func socket(of channel: any Channel) -> NIOBSDSocket.Handle? {
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    }

    /// Notes that the channel was given bytes to send.
    mutating func useQueue() {
        self.isQueueInUse = true
    }

    /// Sends what the socket takes at once.
    mutating func send(_ bytes: ByteBuffer, on channel: any Channel) -> Result {
        // A channel that is closed has given its socket's number back, and another connection may have it by now.
        guard let socket = self.socket, channel.isActive, self.isQueueEmpty(of: channel) else { return .unavailable }
        let count = bytes.withUnsafeReadableBytes { bytes in
            Self.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        // Whatever the error is, the channel meets it too, and knows what to do.
        return count >= 0 ? .sent(count) : .unavailable
    }

    private mutating func isQueueEmpty(of channel: any Channel) -> Bool {
        guard self.isQueueInUse else { return true }
        guard (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0 else { return false }
        self.isQueueInUse = false
        return true
    }

    #if canImport(Glibc)
    private static let send = Glibc.send
    #endif
}
