import NIOCore
import Synchronization

/// Which entries of the shared cache were copied into the store of late.
///
/// One that memory cannot hold is found in the shared cache by every request for it, and must not be written to disk for each of them.
/// Bounded: a newer copy takes the place of an older one, which is then copied once more. So is one of a while ago, since a copy may not
/// have been written, or have been removed.
final class RecentCopies: Sendable {
    private struct Copy {
        let key: CacheKey
        let storedAt: Timestamp
        let until: NIODeadline
    }

    private static let lifetime = TimeAmount.seconds(60)

    private static let slotCount = 1_024
    private let slots = Mutex([Copy?](repeating: nil, count: RecentCopies.slotCount))

    /// Notes a copy.
    ///
    /// - Returns: `false` where the same one is noted already.
    func note(_ entry: CacheEntry, at now: NIODeadline) -> Bool {
        let slot = Int(truncatingIfNeeded: entry.key.input.words.1 ^ entry.key.scope.low) & (Self.slotCount - 1)
        return self.slots.withLock { slots in
            if let known = slots[slot], known.key == entry.key, known.storedAt == entry.storedAt, now < known.until {
                return false
            }
            slots[slot] = Copy(key: entry.key, storedAt: entry.storedAt, until: now + Self.lifetime)
            return true
        }
    }
}
