import Synchronization

/// Which entries of the shared cache were copied into the store of late.
///
/// One that memory cannot hold is found in the shared cache by every request for it, and must not be written to disk for each of them.
/// Bounded: a newer copy takes the place of an older one, which is then copied once more.
final class RecentCopies: Sendable {
    private struct Copy {
        let key: CacheKey
        let storedAt: Timestamp
    }

    private static let slotCount = 1_024
    private let slots = Mutex([Copy?](repeating: nil, count: RecentCopies.slotCount))

    /// Notes a copy.
    ///
    /// - Returns: `false` where the same one is noted already.
    func note(_ entry: CacheEntry) -> Bool {
        let slot = Int(truncatingIfNeeded: entry.key.input.words.1 ^ entry.key.scope.low) & (Self.slotCount - 1)
        return self.slots.withLock { slots in
            if let known = slots[slot], known.key == entry.key, known.storedAt == entry.storedAt { return false }
            slots[slot] = Copy(key: entry.key, storedAt: entry.storedAt)
            return true
        }
    }
}
