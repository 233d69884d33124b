package import NIOCore

/// Which entries a purge removes: those that meet every condition that is set, so all where none is.
package struct PurgeSelection: Sendable, Hashable {
    package var key: CacheKey?
    package var tenant: TenantID?
    /// What LangFlow ran.
    package var target: FlowName?
    /// Stored before this moment.
    package var storedBefore: Timestamp?
    /// Bytes that the stored input contains, as the caller wrote it; an entry without its input contains none.
    ///
    /// 1 to ``textBytesMax`` bytes.
    package var text: ByteBuffer?

    package static let textBytesMax = 1_024

    package init(
        key: CacheKey? = nil,
        tenant: TenantID? = nil,
        target: FlowName? = nil,
        storedBefore: Timestamp? = nil,
        text: ByteBuffer? = nil
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

    /// Whether an entry is among those that are removed.
    ///
    /// Bound: with a text, one pass over the entry's input, 5 ms for each MiB at the worst; else nothing of note.
    package func covers(_ entry: CacheEntry) -> Bool {
        if let key, key != entry.key { return false }
        if let tenant, tenant != entry.tenant { return false }
        if let target, target != entry.target { return false }
        if let storedBefore, entry.storedAt >= storedBefore { return false }
        if let text { return entry.input.map { Self.contains($0, text) } ?? false }
        return true
    }

    private static func contains(_ input: ByteBuffer, _ text: ByteBuffer) -> Bool {
        input.withUnsafeReadableBytes { input in
            text.withUnsafeReadableBytes { input.contains($0) }
        }
    }
}
