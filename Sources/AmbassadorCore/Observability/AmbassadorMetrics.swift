/// The pipeline's own instruments.
package final class AmbassadorMetrics: Sendable {
    private let noFlow: FlowMetrics
    private let refusals: [Refusal.Kind: Counter]
    private let shortages: Counter

    package init(registry: MetricRegistry) {
        self.noFlow = FlowMetrics(label: "(none)", registry: registry)
        self.shortages = registry.counter(.upstreamShortages)
        self.refusals = Dictionary(
            uniqueKeysWithValues: Refusal.Kind.allCases.map {
                ($0, registry.counter(.refusals, ("kind", $0.rawValue)))
            }
        )
    }

    /// Counts a finished request; `flow` is `nil` where the request named none that there is.
    func count(_ record: AuditRecord, of flow: Flow?) {
        (flow?.metrics ?? self.noFlow).count(record)
        if let kind = record.errorKind { self.refusals[kind]?.increment() }
    }

    /// Counts a call that this host had no resources for.
    func countShortage() {
        self.shortages.increment()
    }

    /// Counts a request that got 503, since the audit log could not take its record.
    func countUnrecorded() {
        self.refusals[.auditUnavailable]?.increment()
    }
}
