import NIOCore
import Synchronization

/// Which entries of the shared cache were copied into the store of late.
///
/// One that memory cannot hold is found in the shared cache by every request for it, and must not be written to disk for each of them.
/// Bounded: a newer copy takes the place of an older one, which is then copied once more. So is one of a while ago, since a copy may not
/// have been written, or have been removed.
///
/// A copy is eight bytes: a fingerprint and the second in which it was made. Two entries with one fingerprint, of which there are some in
/// 2^45, cost the second one its copy for a minute.
final class RecentCopies: Sendable {
    private static let lifetimeSeconds: UInt32 = 60
    /// Room for 131,072 copies in 1 MiB, which is taken with the first one.
    private static let waysCount = 4
    private static let bucketsCount = 1 << 15

    private struct Copy {
        var fingerprint: UInt32 = 0
        /// Seconds of the monotonic clock and one more: 0 where there is no copy.
        var time: UInt32 = 0
    }

    private let copies = Mutex<[Copy]>([])

    /// Notes a copy.
    ///
    /// - Returns: `false` where the same one is noted already.
    func note(_ entry: CacheEntry, at now: NIODeadline) -> Bool {
        // The key's words are of a SHA-256; the moment is spread as well as they are by the multiplication (Knuth, 6.4).
        let key = entry.key.input.words.1 ^ entry.key.scope.low
        let moment = UInt64(bitPattern: entry.storedAt.milliseconds)
        let fingerprint = UInt32(truncatingIfNeeded: ((key ^ moment) &* 0x9E37_79B9_7F4A_7C15) >> 32)
        let start = Self.waysCount * (Int(truncatingIfNeeded: key) & (Self.bucketsCount - 1))
        let copy = Copy(
            fingerprint: fingerprint,
            time: UInt32(truncatingIfNeeded: now.uptimeNanoseconds / 1_000_000_000 + 1)
        )
        return self.copies.withLock { copies in
            if copies.isEmpty { copies = Array(repeating: Copy(), count: Self.waysCount * Self.bucketsCount) }
            return Self.place(copy, in: &copies, from: start)
        }
    }

    private static func place(_ copy: Copy, in copies: inout [Copy], from start: Int) -> Bool {
        var oldest = start
        for place in start..<start + Self.waysCount {
            if copies[place].fingerprint == copy.fingerprint, copies[place].time != 0 {
                guard copy.time &- copies[place].time >= Self.lifetimeSeconds else { return false }
                oldest = place
                break
            }
            if copies[place].time < copies[oldest].time { oldest = place }
        }
        copies[oldest] = copy
        return true
    }
}
