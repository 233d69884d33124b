package import NIOCore

/// A place that keeps answers beyond the process's memory: Redis, or the SQLite store.
///
/// A cache never throws: one that fails is a miss, counted and logged by its adapter, so that the mission goes on without it.
package protocol ResponseCache: Sendable {
    /// The entry of a key, fresh or not.
    ///
    /// - Parameters:
    ///   - key: what is asked for.
    ///   - deadline: until when a cache that is busy may be waited for: it is no answer that it is.
    /// - Returns: `nil` where there is none, where it does not verify, or where the cache is away or busy for too long.
    func entry(for key: CacheKey, until deadline: NIODeadline) async -> CacheEntry?

    /// Looks the entry of a key up for the event loop that this is called on, without a task.
    ///
    /// - Parameters:
    ///   - key: what is asked for.
    ///   - found: called once on that loop, and not within this call.
    /// - Returns: `false` where the cache can only be asked by ``entry(for:)``: `found` is not called then.
    func lookUp(_ key: CacheKey, _ found: @escaping @Sendable (Finding) -> Void) -> Bool

    /// Keeps an entry, in place of an older one of the same key; returns at once, the work is bounded and in the background.
    ///
    /// `lifetime` is how long the entry can be of use, staleness included; the cache may forget it earlier.
    func insert(_ entry: CacheEntry, lifetime: Duration)

    /// Forgets the entries that a selection names.
    ///
    /// - Returns: what was removed, or `nil` where the cache cannot count that or was away.
    func remove(_ selection: PurgeSelection) async -> Removal?
}

extension ResponseCache {
    /// The entry of a key, however long the cache is busy.
    package func entry(for key: CacheKey) async -> CacheEntry? { await self.entry(for: key, until: .distantFuture) }

    package func lookUp(_ key: CacheKey, _ found: @escaping @Sendable (Finding) -> Void) -> Bool { false }
}
