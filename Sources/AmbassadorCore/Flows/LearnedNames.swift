import NIOCore

/// What is known of the names that listed flows have in LangFlow, and of the flows that LangFlow has.
struct LearnedNames: Sendable {
    /// What LangFlow said of a flow that the operator has listed.
    struct Known: Sendable, Hashable {
        var identity: FlowIdentity
        /// Whether it was not there any more when LangFlow was asked last; its names stay its own until another flow has them.
        var isGone = false
    }

    /// By what the listed flows run.
    private(set) var known: [FlowName: Known] = [:]
    /// The last list, in its order.
    private(set) var list = FlowList([], isComplete: false, askedAt: .distantPast)

    /// Something that is not as it was.
    enum Change: Sendable, Hashable {
        /// The id or the endpoint name was not known before, or the flow is back.
        case learned(target: FlowName)
        /// The endpoint name means another flow now: the stored answers are those of the flow that had it.
        case moved(target: FlowName)
        /// LangFlow has no such flow any more.
        case gone(target: FlowName)

        var target: FlowName {
            switch self {
            case .learned(let target), .moved(let target), .gone(let target): target
            }
        }

        /// Whether what was answered before says nothing of what would be answered now.
        var endsFreshness: Bool {
            if case .learned = self { false } else { true }
        }
    }

    /// Takes up what was known before this start.
    mutating func restore(_ known: Known, of target: FlowName) {
        if self.known[target] == nil { self.known[target] = known }
    }

    /// Takes what LangFlow lists.
    ///
    /// Bound: the number of targets.
    ///
    /// - Parameters:
    ///   - list: where it is not complete, a flow that is not in it may be there all the same.
    ///   - targets: what the listed flows run.
    /// - Returns: what changed; nothing for a list that is older than the last one.
    mutating func take(_ list: FlowList, targets: some Sequence<FlowName>) -> [Change] {
        guard list.askedAt > self.list.askedAt else { return [] }
        self.list = list
        return targets.compactMap { self.change(of: $0) }
    }

    private mutating func change(of target: FlowName) -> Change? {
        let before = self.known[target]
        guard let identity = self.list.flow(called: target) else {
            guard let before, !before.isGone, self.list.isComplete, !self.list.isAmbiguous(target) else { return nil }
            self.known[target]?.isGone = true
            return .gone(target: target)
        }
        self.known[target] = Known(identity: identity)
        guard let before else { return .learned(target: target) }
        if before.identity.id != identity.id { return .moved(target: target) }
        return before == self.known[target] ? nil : .learned(target: target)
    }

    /// The names by which LangFlow runs each target, beside the target's own.
    func otherNames() -> [(name: FlowName, target: FlowName)] {
        self.known.flatMap { target, known in
            [known.identity.id, known.identity.endpointName].compactMap { $0 }.filter { name in
                guard name != target else { return false }
                // A flow that is gone, or that an incomplete list does not show, keeps the names that no other one has now.
                guard let listed = self.list.flow(called: name) else { return true }
                return !known.isGone && listed.id == known.identity.id
                    && listed.endpointName == known.identity.endpointName
            }.map { (name: $0, target: target) }
        }
    }

    /// Whether LangFlow runs another flow by a name than by a target.
    func isAnother(_ name: FlowName, than target: FlowName) -> Bool {
        guard let known = self.known[target], let other = self.list.flow(called: name) else { return false }
        return other.id != known.identity.id
    }
}
