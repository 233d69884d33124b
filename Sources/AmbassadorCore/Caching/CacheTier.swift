/// A cache beyond memory as the pipeline sees it: what a purge covers is not found there, removed or not.
///
/// To remove entries takes time, and another replica may put one back; so every look-up asks the ledger, and there is no other
/// way to look.
package struct CacheTier: Sendable {
    private let cache: any ResponseCache
    private let purges: PurgeLedger

    init(_ cache: any ResponseCache, purges: PurgeLedger) {
        self.cache = cache
        self.purges = purges
    }

    /// The entry of a key that may be taken, fresh or not.
    func entry(for key: CacheKey) async -> CacheEntry? {
        await self.cache.entry(for: key).flatMap(self.taken)
    }

    /// The entry of what ``lookUp(_:_:)`` has found, if no purge has covered it since.
    func entry(of finding: Finding) async -> CacheEntry? {
        await finding.entry.flatMap(self.taken)
    }

    /// See ``ResponseCache/lookUp(_:_:)``.
    func lookUp(_ key: CacheKey, _ found: @escaping @Sendable (Finding) -> Void) -> Bool {
        self.cache.lookUp(key) { finding in
            guard case .entry(let entry) = finding else { return found(finding) }
            found(self.taken(entry) == nil ? .nothing : finding)
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

    private func taken(_ entry: CacheEntry) -> CacheEntry? {
        self.purges.mayTake(entry) ? entry : nil
    }
}
