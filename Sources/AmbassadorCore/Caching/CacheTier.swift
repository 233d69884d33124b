import NIOCore

/// A cache beyond memory as the pipeline sees it: what a purge covers is not found there, removed or not.
///
/// To remove entries takes time, as looking does, and another replica may put one back; so every look-up asks the ledger what came before
/// and meanwhile, and there is no other way to look.
package struct CacheTier: Sendable {
    private let cache: any ResponseCache
    private let place: PurgeLedger.Place
    private let purges: PurgeLedger

    init(_ cache: any ResponseCache, _ place: PurgeLedger.Place, purges: PurgeLedger) {
        self.cache = cache
        self.place = place
        self.purges = purges
    }

    /// The entry of a key that may be taken, fresh or not.
    func entry(for key: CacheKey, until deadline: NIODeadline = .distantFuture) async -> CacheEntry? {
        let asked = self.purges.sequence
        return await self.cache.entry(for: key, until: deadline).flatMap { self.taken($0, askedAt: asked) }
    }

    /// The entry of what ``lookUp(_:_:)`` has found, if no purge has covered it since `asked`.
    func entry(of finding: Finding, askedAt asked: UInt64) async -> CacheEntry? {
        await finding.entry.flatMap { self.taken($0, askedAt: asked) }
    }

    /// See ``ResponseCache/lookUp(_:_:)``.
    func lookUp(_ key: CacheKey, _ found: @escaping @Sendable (Finding) -> Void) -> Bool {
        let asked = self.purges.sequence
        return self.cache.lookUp(key) { finding in
            guard case .entry(let entry) = finding else { return found(finding) }
            found(self.taken(entry, askedAt: asked) == nil ? .nothing : finding)
        }
    }

    /// See ``ResponseCache/insert(_:lifetime:)``.
    func insert(_ entry: CacheEntry, lifetime: Duration) {
        self.cache.insert(entry, lifetime: lifetime)
    }

    /// See ``ResponseCache/remove(_:)``.
    func remove(_ selection: PurgeSelection) async -> Removal? {
        await self.cache.remove(selection)
    }

    private func taken(_ entry: CacheEntry, askedAt asked: UInt64) -> CacheEntry? {
        self.purges.permits(entry, askedAt: asked) && self.purges.mayTake(entry, from: self.place) ? entry : nil
    }
}
