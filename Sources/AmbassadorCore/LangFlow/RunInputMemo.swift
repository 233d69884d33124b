import NIOCore
import Synchronization

/// Requests that were read and found in order before, by their bytes.
///
/// The same body on the same route is the same question: a FAQ is asked in the same bytes again and again, and reading and hashing
/// them anew is a third of what the pipeline spends on a hit. It holds nothing of who asks: tenant, session and limits are looked
/// at each time. Bounded by its slots and the length of a body; a body has two places, and a newer one takes that of an older one.
final class RunInputMemo: Sendable {
    /// A body, and what it says: the request, and the hash that it has without global variables.
    final class Known: Sendable {
        let input: RunInput
        let hash: InputHash
        private let route: Route
        private let wantsStream: Bool
        private let body: ByteBuffer

        fileprivate init(_ input: RunInput, _ hash: InputHash, of request: Request) {
            self.input = input
            self.hash = hash
            self.route = request.head.route
            self.wantsStream = request.head.wantsStream
            // A copy: a slice would keep the whole of what was read from the connection.
            self.body = ByteBuffer(bytes: request.body.readableBytesView)
        }

        fileprivate func isOf(_ request: Request) -> Bool {
            self.body == request.body && self.route == request.head.route
                && self.wantsStream == request.head.wantsStream
        }
    }

    /// Longer bodies are read each time.
    static let bodyBytesMax = 1_024

    private final class Shard: Sendable {
        let slots = Mutex([Known?](repeating: nil, count: RunInputMemo.slotsPerShard))
    }

    private static let slotsPerShard = 256
    private let shards = (0..<16).map { _ in Shard() }
    private let hash = SeededHash()

    /// What the body of a request says, where it was read before.
    func known(_ request: Request) -> Known? {
        guard request.body.readableBytes <= Self.bodyBytesMax else { return nil }
        let (shard, slot) = self.place(of: request)
        return shard.slots.withLock { slots in
            if let found = slots[slot], found.isOf(request) { return found }
            if let found = slots[slot ^ 1], found.isOf(request) { return found }
            return nil
        }
    }

    /// Remembers what a body says.
    func insert(_ input: RunInput, _ hash: InputHash, for request: Request) {
        guard request.body.readableBytes <= Self.bodyBytesMax else { return }
        let known = Known(input, hash, of: request)
        let (shard, slot) = self.place(of: request)
        let replaced: Known? = shard.slots.withLock { slots in
            let free = slots[slot] == nil ? slot : slots[slot ^ 1] == nil ? slot ^ 1 : nil
            if let free {
                slots[free] = known
                return nil
            }
            // The one in the first place moves over to the second, so that the other goes.
            defer { (slots[slot], slots[slot ^ 1]) = (known, slots[slot]) }
            return slots[slot ^ 1]
        }
        // Freed outside of the lock.
        withExtendedLifetime(replaced) {}
    }

    /// By a seeded hash, so that no caller can choose whose slot it takes.
    private func place(of request: Request) -> (Shard, Int) {
        let bits = request.body.withUnsafeReadableBytes { self.hash.hash($0) }
        return (self.shards[Int(bits & 15)], Int(bits >> 4 & UInt64(Self.slotsPerShard - 1)))
    }
}
