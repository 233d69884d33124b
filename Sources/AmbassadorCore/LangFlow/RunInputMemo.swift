import NIOCore
import Synchronization

/// Requests that were read and found in order before, by their bytes.
///
/// The same body on the same route is the same question: a FAQ is asked in the same bytes again and again, and reading and hashing
/// them anew is a third of what the pipeline spends on a hit. It holds nothing of who asks: tenant, session and limits are looked
/// at each time. Bounded by its slots and the length of a body; a newer body takes the slot of an older one.
final class RunInputMemo: Sendable {
    /// What a body says: the request, and the hash that it has without global variables.
    struct Known: Sendable {
        let input: RunInput
        let hash: InputHash
    }

    /// Longer bodies are read each time.
    static let bodyBytesMax = 1_024

    private struct Slot {
        let route: Route
        let body: ByteBuffer
        let known: Known
    }

    private final class Shard: Sendable {
        let slots = Mutex([Slot?](repeating: nil, count: RunInputMemo.slotsPerShard))
    }

    private static let slotsPerShard = 256
    private let shards = (0..<16).map { _ in Shard() }

    /// What the body of a request says, where it was read before.
    func known(_ request: Request) -> Known? {
        guard request.body.readableBytes <= Self.bodyBytesMax else { return nil }
        let (shard, slot) = self.place(of: request)
        return shard.slots.withLock { slots in
            guard let found = slots[slot], found.route == request.route, found.body == request.body else { return nil }
            return found.known
        }
    }

    /// Remembers what a body says.
    func insert(_ known: Known, for request: Request) {
        guard request.body.readableBytes <= Self.bodyBytesMax else { return }
        // A copy: a slice would keep the whole of what was read from the connection.
        let body = ByteBuffer(bytes: request.body.readableBytesView)
        let (shard, slot) = self.place(of: request)
        let replaced = shard.slots.withLock { slots in
            let replaced = slots[slot]
            slots[slot] = Slot(route: request.route, body: body, known: known)
            return replaced
        }
        // Freed outside of the lock.
        withExtendedLifetime(replaced) {}
    }

    /// By a seeded hash, so that no caller can choose whose slot it takes.
    private func place(of request: Request) -> (Shard, Int) {
        var hasher = Hasher()
        request.body.withUnsafeReadableBytes { hasher.combine(bytes: $0) }
        let bits = UInt(bitPattern: hasher.finalize())
        return (self.shards[Int(bits & 15)], Int(bits >> 4 & UInt(Self.slotsPerShard - 1)))
    }
}
