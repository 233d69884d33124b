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

    /// What LangFlow has said.
    private struct Names {
        var learned = LearnedNames()
        /// By the names that listed flows have in LangFlow.
        var flows: [FlowName: Flow] = [:]
        /// Aliases by which LangFlow runs another flow than the one that the operator means.
        var foreign: Set<FlowName> = []

        func hasSameFlows(_ others: [FlowName: Flow]) -> Bool {
            self.flows.count == others.count && others.allSatisfy { self.flows[$0.key] === $0.value }
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
    /// By the names that the operator says it has beside.
    private let aliases: [FlowName: Flow]
    private let names = Mutex(Names())
    private let changes = Atomic<UInt64>(0)
    private let policy: UnlistedFlows
    private let unlisted = Mutex(Unlisted())
    private let unlistedMetrics: FlowMetrics
    private let unlistedSessions: SessionHabits
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
                let flow = Flow(
                    name: name,
                    settings: settings,
                    breaker: breaker,
                    metrics: FlowMetrics(label: name.description, registry: registry),
                    sessions: SessionHabits(label: name.description, registry: registry)
                )
                return (name, flow)
            }
        )
        if listed.values.contains(where: { $0.normalize == .text }) || policy.normalizesText {
            TextNormalization.prepare()
        }
        self.listed = flows
        let folded = flows.values.filter { $0.settings.normalize == .text }.map(\.target)
        self.foldedTargets =
            policy.normalizesText ? .allBut(Set(flows.values.map(\.target)).subtracting(folded)) : .only(Set(folded))
        // Where several flows run one target, the one of its name stands for it, else the first by name.
        let ordered = flows.values.sorted { left, right in
            (left.name == left.target ? 0 : 1, left.name.description)
                < (right.name == right.target ? 0 : 1, right.name.description)
        }
        self.listedByTarget = Dictionary(ordered.map { ($0.target, $0) }, uniquingKeysWith: { first, _ in first })
        self.aliases = ordered.reduce(into: [:]) { aliases, flow in
            for alias in flow.settings.aliases { aliases[alias] = flow }
        }
        self.policy = policy
        self.breakerSettings = breakerSettings
        // One label for all of them: a caller must not be able to make metrics at will.
        self.unlistedMetrics = FlowMetrics(label: "(unlisted)", registry: registry)
        self.unlistedSessions = SessionHabits(label: "(unlisted)", registry: registry)
    }

    /// The flows of the configuration.
    package var listedFlows: [Flow] { Array(self.listed.values) }

    /// The listed flow that a caller named: by its own name, by that of its target, by another name that LangFlow has for that, or by
    /// an alias, unless LangFlow runs another flow by it.
    package func listedFlow(named name: FlowName) -> Flow? {
        if let flow = self.listed[name] ?? self.listedByTarget[name] { return flow }
        return self.names.withLock { names in
            names.flows[name] ?? (names.foreign.contains(name) ? nil : self.aliases[name])
        }
    }

    /// The flow that a caller named; see ``listedFlow(named:)``.
    ///
    /// - Returns: `nil` where it is not listed and unlisted flows are denied.
    package func flow(named name: FlowName) -> Flow? {
        if let flow = self.listedFlow(named: name) { return flow }
        guard case .allow(let settings) = self.policy else { return nil }
        return self.unlisted.withLock { unlisted in
            if let flow = unlisted.flows[name] { return flow }
            if unlisted.order.count >= Self.unlistedMax, let oldest = unlisted.order.popFirst() {
                unlisted.flows[oldest] = nil
            }
            let breaker = CircuitBreaker(settings: self.breakerSettings)
            let flow = Flow(
                name: name,
                settings: settings,
                breaker: breaker,
                metrics: self.unlistedMetrics,
                sessions: self.unlistedSessions
            )
            unlisted.flows[name] = flow
            unlisted.order.append(name)
            return flow
        }
    }

    /// Grows whenever a name may mean another flow than before.
    var epoch: UInt64 { self.changes.load(ordering: .acquiring) }

    /// What is known of the flow that a target names.
    func known(_ target: FlowName) -> LearnedNames.Known? { self.names.withLock { $0.learned.known[target] } }

    /// What is known of all targets.
    var knownFlows: [FlowName: LearnedNames.Known] { self.names.withLock { $0.learned.known } }

    /// Whether callers may name flows that the configuration does not list.
    var allowsUnlisted: Bool {
        if case .allow = self.policy { true } else { false }
    }

    /// What LangFlow has listed last.
    var lastList: FlowList { self.names.withLock { $0.learned.list } }

    /// What the listed flows run, each once.
    var targets: Set<FlowName> { Set(self.listedByTarget.keys) }

    /// The listed flows of a target.
    func flows(ofTarget target: FlowName) -> [Flow] { self.listed.values.filter { $0.target == target } }

    /// Takes up what was known of a target before this start.
    func restore(_ known: LearnedNames.Known, of target: FlowName) {
        self.rename { learned in learned.restore(known, of: target) }
    }

    /// Takes what LangFlow lists: from now on the names of the list hold.
    ///
    /// What changed so that old answers are no longer the flow's becomes stale before the names mean another flow.
    func learn(_ list: FlowList, at time: Timestamp) -> [LearnedNames.Change] {
        self.rename { learned in
            let changes = learned.take(list, targets: self.listedByTarget.keys)
            for change in changes where change.endsFreshness {
                for flow in self.flows(ofTarget: change.target) { flow.becomeOutdated(at: time) }
            }
            return changes
        }
    }

    /// Aliases by which LangFlow runs another flow, with the flow that the operator means.
    var foreignAliases: [(alias: FlowName, flow: Flow)] {
        let foreign = self.names.withLock { $0.foreign }
        return self.aliases.filter { foreign.contains($0.key) }.map { (alias: $0.key, flow: $0.value) }
    }

    private func rename<Value: Sendable>(_ change: (inout LearnedNames) -> Value) -> Value {
        let (value, isOther) = self.names.withLock { names in
            let value = change(&names.learned)
            let flows: [FlowName: Flow] = names.learned.otherNames().reduce(into: [:]) { flows, other in
                flows[other.name] = self.listedByTarget[other.target]
            }
            let foreign = Set(self.aliases.filter { names.learned.isAnother($0.key, than: $0.value.target) }.keys)
            let isOther = foreign != names.foreign || !names.hasSameFlows(flows)
            (names.flows, names.foreign) = (flows, foreign)
            return (value, isOther)
        }
        // After the change: a request that still finds the old meaning of a name has read the old number, too.
        if isOther { self.changes.add(1, ordering: .releasing) }
        return value
    }
}
