import AmbassadorCore
import Dispatch
import Glibc
import NIOCore
import Synchronization

/// Writes whole lines to a file descriptor from a thread of its own.
///
/// Bounded: while the reader of the other end is too slow, lines are dropped and counted; nobody waits for a log.
final class LineWriter: Sendable {
    private let descriptor: Int32
    private let queue: DispatchQueue
    private let pendingBytesMax: Int
    private let pendingBytes = Atomic(0)
    private let dropped: Counter

    /// Makes a writer; `dropped` counts the batches that were not written.
    init(descriptor: Int32, label: String, pendingBytesMax: Int = 4 * 1024 * 1024, dropped: Counter) {
        self.descriptor = descriptor
        self.queue = DispatchQueue(label: label, qos: .utility)
        self.pendingBytesMax = pendingBytesMax
        self.dropped = dropped
    }

    /// Queues a buffer of whole lines, the newlines included.
    func write(_ lines: ByteBuffer) {
        let size = lines.readableBytes
        let pending = self.pendingBytes.add(size, ordering: .relaxed).newValue
        guard pending <= self.pendingBytesMax else {
            self.pendingBytes.subtract(size, ordering: .relaxed)
            self.dropped.increment()
            return
        }
        self.queue.async {
            self.writeNow(lines)
            self.pendingBytes.subtract(size, ordering: .relaxed)
        }
    }

    /// Waits until everything queued so far is written.
    func drain() async {
        await withCheckedContinuation { continuation in
            self.queue.async { continuation.resume() }
        }
    }

    private func writeNow(_ lines: ByteBuffer) {
        lines.withUnsafeReadableBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(self.descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno == EAGAIN {
                    // Standard output may be shared with a process that made it non-blocking.
                    var poll = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                    Glibc.poll(&poll, 1, 1000)
                } else if errno != EINTR {
                    self.dropped.increment()
                    return
                }
            }
        }
    }
}
