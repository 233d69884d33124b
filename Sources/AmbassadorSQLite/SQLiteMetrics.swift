import AmbassadorCore

/// What the module counts.
struct SQLiteMetrics: Sendable {
    let readHits: Counter
    let readMisses: Counter
    let readErrors: Counter
    let readsRefused: Counter
    let writes: Counter
    let writesDropped: Counter
    let writeErrors: Counter
    let invalid: Counter
    let entriesPruned: Counter
    let recordsCommitted: Counter
    let recordsFailed: Counter
    let recordsLeft: Counter
    let recordsPruned: Counter
    let commitDuration: LatencyHistogram

    /// Records and entries that retention has removed.
    var pruned: Int { self.recordsPruned.value + self.entriesPruned.value }

    init(_ registry: MetricRegistry) {
        self.readHits = registry.counter(.storeReads, ("result", "hit"))
        self.readMisses = registry.counter(.storeReads, ("result", "miss"))
        self.readErrors = registry.counter(.storeReads, ("result", "error"))
        self.readsRefused = registry.counter(.storeReads, ("result", "overloaded"))
        self.writes = registry.counter(.storeWrites, ("result", "ok"))
        self.writesDropped = registry.counter(.storeWrites, ("result", "dropped"))
        self.writeErrors = registry.counter(.storeWrites, ("result", "error"))
        self.invalid = registry.counter(.storeInvalid)
        self.entriesPruned = registry.counter(.storePruned)
        self.recordsCommitted = registry.counter(.auditRecords, ("result", "committed"))
        self.recordsFailed = registry.counter(.auditRecords, ("result", "failed"))
        self.recordsLeft = registry.counter(.auditRecords, ("result", "left_out"))
        self.recordsPruned = registry.counter(.auditPruned)
        self.commitDuration = registry.histogram(.auditCommitDuration)
    }
}
