/// Which entries a purge removes: those that meet every condition that is set, so all where none is.
package struct PurgeSelection: Sendable, Hashable {
    package var key: CacheKey?
    package var tenant: TenantID?
    /// What LangFlow ran.
    package var target: FlowName?
    /// Stored before this moment.
    package var storedBefore: Timestamp?
    /// What the stored input contains; an entry without its input cannot be judged.
    package var text: PurgeText?

    /// What a purge makes of an entry.
    package enum Verdict: Sendable {
        case covered
        case spared
        /// It meets all other conditions, but there is no input to look for the text in.
        case unjudged
    }

    package init(
        key: CacheKey? = nil,
        tenant: TenantID? = nil,
        target: FlowName? = nil,
        storedBefore: Timestamp? = nil,
        text: PurgeText? = nil
    ) {
        self.key = key
        self.tenant = tenant
        self.target = target
        self.storedBefore = storedBefore
        self.text = text
    }

    package static let all = PurgeSelection()

    package static func key(_ key: CacheKey) -> PurgeSelection { PurgeSelection(key: key) }

    package static func tenant(_ tenant: TenantID) -> PurgeSelection { PurgeSelection(tenant: tenant) }

    package static func flow(target: FlowName) -> PurgeSelection { PurgeSelection(target: target) }

    package static func tenantFlow(tenant: TenantID, target: FlowName) -> PurgeSelection {
        PurgeSelection(tenant: tenant, target: target)
    }

    /// The same purge, whose text is compared in the form of these targets too.
    func folding(_ targets: FoldedTargets) -> PurgeSelection {
        var selection = self
        selection.text = self.text.map { PurgeText($0.raw, foldedTargets: targets) }
        return selection
    }

    /// Whether an entry is among those that are removed.
    ///
    /// Bound: with a text, one pass over the entry's input for each of its forms, 5 ms for each MiB at the worst, and the time to fold it.
    package func covers(_ entry: CacheEntry) -> Bool {
        self.verdict(on: entry) == .covered
    }

    package func verdict(on entry: CacheEntry) -> Verdict {
        if let key, key != entry.key { return .spared }
        if let tenant, tenant != entry.tenant { return .spared }
        if let target, target != entry.target { return .spared }
        if let storedBefore, entry.storedAt >= storedBefore { return .spared }
        guard let text else { return .covered }
        guard let input = entry.input else { return .unjudged }
        return text.isContained(in: input, of: entry.target) ? .covered : .spared
    }
}
