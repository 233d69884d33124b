package import Logging

/// Learns from LangFlow which ids and endpoint names the listed flows have, so that each is one flow by whichever name it is called.
///
/// What was learned is kept for the next start, when LangFlow may be away. An endpoint name that was given to another flow, and a flow
/// that is gone, end the freshness of what was answered. Each replica learns for itself.
package final class FlowNameWatcher: Sendable {
    /// However short the operator sets it.
    private static let intervalMin = Duration.milliseconds(100)

    private let flows: FlowRegistry
    private let source: any FlowSource
    private let notes: any DurableNotes
    private let interval: Duration
    private let clocks: Clocks
    private let sleeper: Sleeper
    private let logger: Logger

    /// `interval` is how often LangFlow is asked; `.zero` means only where somebody needs to know.
    package init(
        _ flows: FlowRegistry,
        source: any FlowSource,
        notes: any DurableNotes,
        interval: Duration,
        clocks: Clocks = .system,
        sleeper: Sleeper = .system,
        logger: Logger
    ) {
        self.flows = flows
        self.source = source
        self.notes = notes
        self.interval = interval == .zero ? .zero : max(interval, Self.intervalMin)
        self.clocks = clocks
        self.sleeper = sleeper
        self.logger = logger
    }

    /// Whether there is something to be learned again and again.
    package var isNeeded: Bool { self.interval > .zero && !self.flows.targets.isEmpty }

    /// Learns for whoever wants to know which flows there are, where ``run()`` has nothing to do; LangFlow is asked as often as by that.
    func learnWhereNobodyDoes() async {
        guard self.interval > .zero, !self.isNeeded else { return }
        _ = await self.check(wasAway: true)
    }

    /// Learns until its task is cancelled.
    package func run() async {
        var isAway = false
        while true {
            isAway = await self.check(wasAway: isAway)
            let pause = self.interval * Double.random(in: 0.9...1.1)
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.clocks.now().advanced(by: pause))
            } catch {
                return
            }
        }
    }

    /// Takes up what was known before this start, so that a change in between is noticed.
    package func restore() async {
        for target in self.flows.targets {
            guard let note = await self.notes.note(FlowNameNote.name(of: target)).flatMap(FlowNameNote.init) else {
                continue
            }
            self.flows.restore(note.known, of: target)
            guard var time = note.outdatedAt else { continue }
            let now = self.clocks.wall()
            if time.isBeyond(now) {
                // Kept, so that the next start does not take its own moment for it.
                time = now
                let note = FlowNameNote(known: note.known, outdatedAt: now)
                await self.notes.keep(note.text, as: FlowNameNote.name(of: target))
            }
            for flow in self.flows.flows(ofTarget: target) { flow.restoreOutdated(at: time) }
        }
    }

    /// Asks once.
    ///
    /// - Returns: whether LangFlow did not say.
    func check(wasAway: Bool) async -> Bool {
        do throws(UpstreamError) {
            try await self.learn(maxAge: self.interval / 2)
            return false
        } catch {
            if !wasAway, !error.isCancelled {
                self.logger.warning(
                    """
                    LangFlow does not say which ids and endpoint names its flows have; until it does, flows are known by their names, \
                    targets and aliases in the configuration, and by what was learned before
                    """,
                    metadata: ["error": "\(error)"]
                )
            }
            return true
        }
    }

    /// Learns what LangFlow lists, or listed within some time.
    func learn(maxAge: Duration) async throws(UpstreamError) {
        let list = try await self.source.flows(maxAge: maxAge)
        let foreign = Set(self.flows.foreignAliases.map(\.alias))
        let now = self.clocks.wall()
        for change in self.flows.learn(list, at: now) {
            self.log(change)
            await self.keep(change, at: now)
        }
        for (alias, flow) in self.flows.foreignAliases where !foreign.contains(alias) {
            self.logger.warning(
                "an alias is another flow's name in LangFlow, which is what is run by it; take it out of the flow's aliases",
                metadata: [LogKeys.flow: "\(flow.name)", "alias": "\(alias)"]
            )
        }
    }

    /// The id by which LangFlow knows what a target names, as it said within `maxAge`.
    ///
    /// - Returns: `nil` where it lists no such flow, though it did once.
    /// - Throws: where it does not say, or never listed one.
    func id(of target: FlowName, maxAge: Duration) async throws(UpstreamError) -> FlowName? {
        if target.isUUID { return target }
        try await self.learn(maxAge: maxAge)
        guard let known = self.flows.known(target) else {
            throw .invalid(UpstreamCause(.notJSON, "the list of flows has no such endpoint name"))
        }
        return known.isGone ? nil : known.identity.id
    }

    private func log(_ change: LearnedNames.Change) {
        let known = self.flows.known(change.target)
        let metadata: Logger.Metadata = [
            LogKeys.target: "\(change.target)", "id": "\(known?.identity.id.description ?? "")",
            "endpoint_name": "\(known?.identity.endpointName?.description ?? "")",
        ]
        switch change {
        case .learned:
            self.logger.info(
                "a flow's id and endpoint name are known; called by either, it is the listed flow",
                metadata: metadata
            )
        case .moved:
            self.logger.notice(
                "an endpoint name was given to another flow; stored answers are stale from now on",
                metadata: metadata
            )
        case .gone:
            self.logger.notice(
                "LangFlow lists a flow no more; its stored answers are stale from now on",
                metadata: metadata
            )
        }
    }

    private func keep(_ change: LearnedNames.Change, at now: Timestamp) async {
        guard let known = self.flows.known(change.target) else { return }
        let before = self.flows.flows(ofTarget: change.target).first?.becameOutdatedAt
        let note = FlowNameNote(known: known, outdatedAt: change.endsFreshness ? now : before)
        await self.notes.keep(note.text, as: FlowNameNote.name(of: change.target))
    }
}
