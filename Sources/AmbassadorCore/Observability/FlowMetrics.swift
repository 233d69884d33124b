/// The instruments of one flow, resolved once, so that a request looks nothing up by name.
package final class FlowMetrics: Sendable {
    private let requests: [Counter]
    private let latency: LatencyHistogram
    private let calls: (succeeded: Counter, failed: Counter)
    private let callDuration: LatencyHistogram
    private let cost: Counter
    private let saved: Counter

    /// The details that an outcome can have; each pair is a series of its own.
    private static func details(of outcome: Outcome) -> [OutcomeDetail] {
        switch outcome {
        case .hit: [.memory, .redis, .store, .pinned]
        case .stale: [.memory, .redis, .store]
        case .bypass: [.session, .policy, .noStore, .tombstone]
        case .degraded: [.stale, .fallback]
        case .miss, .collapsed, .rejected, .refused, .failed, .abandoned, .refresh: []
        }
    }

    package init(label flow: String, registry: MetricRegistry) {
        var requests: [Counter] = []
        for outcome in Outcome.ofRequests {
            let plain = registry.counter(.requests, ("flow", flow), ("outcome", outcome.rawValue), ("detail", ""))
            var row = [Counter](repeating: plain, count: OutcomeDetail.allCases.count + 1)
            for detail in Self.details(of: outcome) {
                row[detail.index + 1] = registry.counter(
                    .requests,
                    ("flow", flow),
                    ("outcome", outcome.rawValue),
                    ("detail", detail.rawValue)
                )
            }
            requests += row
        }
        self.requests = requests
        self.latency = registry.histogram(.requestDuration, ("flow", flow))
        self.calls = (
            registry.counter(.upstreamCalls, ("flow", flow), ("result", "answered")),
            registry.counter(.upstreamCalls, ("flow", flow), ("result", "failed"))
        )
        self.callDuration = registry.histogram(.upstreamDuration, ("flow", flow))
        self.cost = registry.counter(.costNanos, ("flow", flow))
        self.saved = registry.counter(.savedNanos, ("flow", flow))
    }

    /// Counts a finished request; of a call for none its cost alone.
    package func count(_ record: AuditRecord) {
        if record.outcome != .refresh {
            let column = record.detail.map { $0.index + 1 } ?? 0
            self.requests[record.outcome.index * (OutcomeDetail.allCases.count + 1) + column].increment()
            self.latency.record(microseconds: record.totalMicroseconds)
        }
        if record.costNanos != 0 { self.cost.increment(by: Int(record.costNanos)) }
        if record.savedNanos != 0 { self.saved.increment(by: Int(record.savedNanos)) }
    }

    /// Counts a call to LangFlow.
    package func countCall(answered: Bool, microseconds: Int64) {
        (answered ? self.calls.succeeded : self.calls.failed).increment()
        self.callDuration.record(microseconds: microseconds)
    }
}
