/// What an operator may do to the caches.
package protocol CacheAdministration: Sendable {
    /// The LangFlow target that a flow's name stands for.
    ///
    /// - Returns: `nil` where the flow is unknown and unlisted flows are denied.
    func target(ofFlow name: FlowName) -> FlowName?

    /// Removes entries from every cache; a fetch that is under way does not bring them back.
    func purge(_ selection: PurgeSelection) async -> PurgeReport

    /// The state of the hot caches.
    var statistics: CacheStatistics { get }
}

/// How many entries a purge removed from each place.
package struct PurgeReport: Sendable, Equatable {
    package let memory: Int
    /// `nil` where there is no shared cache, or where it was away: its entries then live until they expire.
    package let shared: Int?
    /// `nil` where the store could not be written.
    package let store: Int?
}

/// How full the memory cache is and whether the shared cache is there.
package struct CacheStatistics: Sendable, Equatable {
    package let memoryEntries: Int
    package let memoryBytes: Int
    package let memoryBytesMax: Int
    package let hasSharedCache: Bool
}

extension Ambassador: CacheAdministration {
    package func target(ofFlow name: FlowName) -> FlowName? {
        self.parts.flows.flow(named: name)?.target
    }

    package func purge(_ selection: PurgeSelection) async -> PurgeReport {
        // Removing takes time, and a request that comes meanwhile may find an entry in one place and put it into another. So each
        // place is cleared before those that are filled from it, and a note in between keeps out what was found until then.
        self.parts.purges.note(selection)
        var memory = self.parts.memory.remove(selection)
        let stored = await self.parts.store.remove(selection)
        self.parts.purges.note(selection)
        let shared = await self.parts.shared?.remove(selection)
        self.parts.purges.note(selection)
        let found = await self.parts.store.remove(selection)
        memory += self.parts.memory.remove(selection)
        return PurgeReport(
            memory: memory,
            shared: shared ?? nil,
            store: stored.flatMap { stored in found.map { stored + $0 } }
        )
    }

    package var statistics: CacheStatistics {
        let memory = self.parts.memory.statistics
        return CacheStatistics(
            memoryEntries: memory.entries,
            memoryBytes: memory.bytes,
            memoryBytesMax: self.parts.memory.bytesMax,
            hasSharedCache: self.parts.shared != nil
        )
    }
}
