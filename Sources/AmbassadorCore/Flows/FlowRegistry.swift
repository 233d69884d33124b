import DequeModule
import Synchronization

/// The flows that callers may name.
package final class FlowRegistry: Sendable {
    /// What happens to a flow that the configuration does not list.
    package enum UnlistedFlows: Sendable {
        case deny
        /// It is run under these settings.
        case allow(FlowSettings)

        fileprivate var normalizesText: Bool {
            if case .allow(let settings) = self { settings.normalize == .text } else { false }
        }
    }

    private struct Unlisted {
        var flows: [FlowName: Flow] = [:]
        var order: Deque<FlowName> = []
    }

    /// How many unlisted flows have a state of their own; callers choose the names, so the oldest gives way.
    package static let unlistedMax = 1_024

    /// What runs under `normalize: text`; a target that several flows run does where one of them says so.
    package let foldedTargets: FoldedTargets
    private let listed: [FlowName: Flow]
    /// By what LangFlow runs: whoever names that means the listed flow, whose limits and price hold.
    private let listedByTarget: [FlowName: Flow]
    private let policy: UnlistedFlows
    private let unlisted = Mutex(Unlisted())
    private let unlistedMetrics: FlowMetrics
    private let breakerSettings: CircuitBreakerSettings

    package init(
        listed: [FlowName: FlowSettings],
        unlisted policy: UnlistedFlows,
        breaker breakerSettings: CircuitBreakerSettings,
        metrics registry: MetricRegistry
    ) {
        let flows = Dictionary(
            uniqueKeysWithValues: listed.map { name, settings in
                let breaker = CircuitBreaker(settings: breakerSettings)
                registry.gauge(.breakerOpen, ("flow", name.description)) { breaker.state.openness }
                let metrics = FlowMetrics(label: name.description, registry: registry)
                return (name, Flow(name: name, settings: settings, breaker: breaker, metrics: metrics))
            }
        )
        if listed.values.contains(where: { $0.normalize == .text }) || policy.normalizesText {
            TextNormalization.prepare()
        }
        self.listed = flows
        let folded = flows.values.filter { $0.settings.normalize == .text }.map(\.target)
        self.foldedTargets =
            policy.normalizesText ? .allBut(Set(flows.values.map(\.target)).subtracting(folded)) : .only(Set(folded))
        // Where several flows run one target, the first by name stands for it.
        let ordered = flows.values.sorted { $0.name.description < $1.name.description }
        self.listedByTarget = Dictionary(ordered.map { ($0.target, $0) }, uniquingKeysWith: { first, _ in first })
        self.policy = policy
        self.breakerSettings = breakerSettings
        // One label for all of them: a caller must not be able to make metrics at will.
        self.unlistedMetrics = FlowMetrics(label: "(unlisted)", registry: registry)
    }

    /// The flows of the configuration.
    package var listedFlows: [Flow] { Array(self.listed.values) }

    /// The flow that a caller named, by its own name or by that of its target.
    ///
    /// - Returns: `nil` where it is not listed and unlisted flows are denied.
    package func flow(named name: FlowName) -> Flow? {
        if let flow = self.listed[name] ?? self.listedByTarget[name] { return flow }
        guard case .allow(let settings) = self.policy else { return nil }
        return self.unlisted.withLock { unlisted in
            if let flow = unlisted.flows[name] { return flow }
            if unlisted.order.count >= Self.unlistedMax, let oldest = unlisted.order.popFirst() {
                unlisted.flows[oldest] = nil
            }
            let breaker = CircuitBreaker(settings: self.breakerSettings)
            let flow = Flow(name: name, settings: settings, breaker: breaker, metrics: self.unlistedMetrics)
            unlisted.flows[name] = flow
            unlisted.order.append(name)
            return flow
        }
    }
}
