import AmbassadorCore
import Dispatch
import Glibc
import NIOCore
import Synchronization

/// Writes whole lines to a file descriptor from a thread of its own.
///
/// Bounded: while the reader of the other end is too slow, lines are dropped and counted; nobody waits for a log, a stop neither.
final class LineWriter: Sendable {
    /// How long a drain waits for a reader that reads slowly.
    private static let drainMax: Duration = .seconds(5)

    private let descriptor: Int32
    private let queue: DispatchQueue
    private let pendingBytesMax: Int
    private let drainPatience: Duration
    private let pendingBytes = Atomic(0)
    private let pendingLines = Atomic(0)
    private let ownDropped = Counter()
    private let dropped: Counter

    /// Makes a writer; `dropped` counts the lines that were not written, of this writer and others.
    ///
    /// `drainPatience` is how long a drain waits for a reader that reads nothing.
    init(
        descriptor: Int32,
        label: String,
        pendingBytesMax: Int = 4 * 1024 * 1024,
        drainPatience: Duration = .milliseconds(500),
        dropped: Counter
    ) {
        self.descriptor = descriptor
        self.queue = DispatchQueue(label: label, qos: .utility)
        self.pendingBytesMax = pendingBytesMax
        self.drainPatience = drainPatience
        self.dropped = dropped
    }

    /// The lines of this writer that were dropped so far.
    var droppedLines: Int { self.ownDropped.value }

    /// Queues a buffer of so many whole lines, the newlines included.
    func write(_ lines: ByteBuffer, count: Int) {
        let size = lines.readableBytes
        let pending = self.pendingBytes.add(size, ordering: .relaxed).newValue
        guard pending <= self.pendingBytesMax else {
            self.pendingBytes.subtract(size, ordering: .relaxed)
            self.drop(count)
            return
        }
        self.pendingLines.add(count, ordering: .relaxed)
        self.queue.async {
            if !self.writeNow(lines) { self.drop(count) }
            self.pendingBytes.subtract(size, ordering: .relaxed)
            self.pendingLines.subtract(count, ordering: .relaxed)
        }
    }

    /// Waits until everything queued so far is written, or until nothing was written for the drain's patience.
    ///
    /// What is not written then counts as dropped.
    func drain() async {
        let done = Counter()
        self.queue.async { done.increment() }
        let clock = ContinuousClock()
        let end = clock.now + Self.drainMax
        var (left, since) = (self.pendingBytes.load(ordering: .relaxed), clock.now)
        while done.value == 0 {
            guard clock.now - since < self.drainPatience, clock.now < end else {
                self.drop(self.pendingLines.load(ordering: .relaxed))
                return
            }
            await Self.pause()
            let pending = self.pendingBytes.load(ordering: .relaxed)
            if pending < left { (left, since) = (pending, clock.now) }
        }
    }

    /// A moment, in which a task that was cancelled waits too: a stop may run in one.
    private static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(2)) { continuation.resume() }
        }
    }

    private func drop(_ lines: Int) {
        self.dropped.increment(by: lines)
        self.ownDropped.increment(by: lines)
    }

    /// - Returns: whether all was written.
    private func writeNow(_ lines: ByteBuffer) -> Bool {
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
                    return false
                }
            }
            return true
        }
    }
}
