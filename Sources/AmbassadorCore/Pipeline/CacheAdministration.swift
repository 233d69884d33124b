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
    /// Whether the other replicas know; `nil` where none share anything.
    package let replicas: ReplicaNotice?
    /// Entries that may contain the text that was purged, for their input is not stored; at most so many.
    package let unjudged: Int

    package init(memory: Int, shared: Int?, store: Int?, replicas: ReplicaNotice? = nil, unjudged: Int = 0) {
        self.memory = memory
        self.shared = shared
        self.store = store
        self.replicas = replicas
        self.unjudged = unjudged
    }

    /// Whether nothing that was to be removed is left anywhere.
    package var isComplete: Bool {
        self.unjudged == 0 && self.store != nil
            && (self.replicas == nil || (self.replicas == .told && self.shared != nil))
    }
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
        let selection = selection.folding(self.parts.flows.foldedTargets)
        let time = self.parts.clocks.wall()
        self.parts.purges.begin(selection, at: time, isForeign: false)
        // Told before anything is removed: from then on no other replica puts into Redis what it asked for before.
        let notice = await self.parts.replicas?.publish(selection)
        let report = await self.remove(selection, from: self.parts.shared, notice)
        if report.store != nil { self.parts.purges.finish(selection, at: time, in: .store) }
        // While others do not know of it, one may put back what it asked for before.
        let isTold = report.replicas == nil || report.replicas == .told
        if self.parts.shared == nil || (report.shared != nil && isTold) {
            self.parts.purges.finish(selection, at: time, in: .shared)
        }
        return report
    }

    /// Carries out what another replica was asked to purge, which itself removes it from where replicas share entries.
    func follow(_ purge: SharedPurge) async {
        let selection = purge.selection.folding(self.parts.flows.foldedTargets)
        let report = await self.remove(selection, from: nil, nil)
        if report.store != nil { self.parts.purges.finish(selection, at: purge.time, in: .store) }
    }

    /// Removes what a noted purge names.
    private func remove(
        _ selection: PurgeSelection,
        from shared: CacheTier?,
        _ notice: ReplicaNotice?
    ) async -> PurgeReport {
        // Removing takes time, and a request that comes meanwhile may find an entry in one place and put it into another. So each
        // place is cleared before those that are filled from it, and a note in between keeps out what was found until then.
        let memory = self.parts.memory.remove(selection)
        let stored = await self.parts.store.remove(selection)
        self.parts.purges.note(selection)
        let removed = await shared?.remove(selection)
        self.parts.purges.note(selection)
        let found = await self.parts.store.remove(selection)
        let left = self.parts.memory.remove(selection)
        return PurgeReport(
            memory: memory.removed + left.removed,
            shared: removed?.removed,
            store: stored.flatMap { stored in found.map { stored.removed + $0.removed } },
            replicas: notice,
            // One entry may be in all of them.
            unjudged: max(left.unjudged, removed?.unjudged ?? 0, found?.unjudged ?? 0)
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
