/// An entry that was found and is served if LangFlow gives no answer.
///
/// That takes as long as LangFlow does, and the entry may be purged or marked meanwhile: so it is had only by asking whether it may
/// still be served.
struct StaleEntry: Sendable {
    private let entry: CacheEntry
    /// As of when it was looked for.
    private let generation: CallGeneration

    init(_ entry: CacheEntry, asOf generation: CallGeneration) {
        self.entry = entry
        self.generation = generation
    }

    /// Whether another entry of the key takes its place.
    func isReplaced(by other: CacheEntry, at now: Timestamp) -> Bool {
        other.replaces(entryStoredAt: self.entry.storedAt, at: now)
    }

    /// What the entry may be used for by its age at a moment.
    func freshness(for plan: Plan, asking directives: CacheDirectives?, at now: Timestamp) -> Freshness {
        Freshness(of: self.entry, in: plan.flow, at: now, asking: directives)
    }

    /// The entry as it is at this moment.
    ///
    /// - Returns: `nil` where a purge that came since covers it, where an operator has decided otherwise about its answer, or where it is
    ///   too old.
    func servable(to plan: Plan, _ parts: AmbassadorParts, at now: Timestamp) -> CacheEntry? {
        guard parts.purges.permits(self.entry, askedAt: self.generation.purges),
            parts.curation.mark(for: self.entry.key) == nil,
            self.freshness(for: plan, asking: plan.directives, at: now).secondsLeft != nil
        else { return nil }
        return self.entry
    }
}
