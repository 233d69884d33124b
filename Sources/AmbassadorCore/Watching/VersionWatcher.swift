package import Logging

/// Asks LangFlow from time to time which version of a target is current, and has what older ones answered become stale.
///
/// LangFlow being away changes nothing: what is stored is then what it always was. One for each target; each replica watches for
/// itself.
package struct VersionWatcher: Sendable {
    /// However short the operator sets it.
    private static let intervalMin = Duration.milliseconds(100)
    /// How old the list may be in which a name's id is looked up; all that are watched share it.
    private static let listAgeMax = Duration.seconds(10)

    private let target: FlowName
    private let flows: [Flow]
    private let interval: Duration
    private let source: any FlowSource
    private let names: FlowNameWatcher
    private let notes: any DurableNotes
    private let clocks: Clocks
    private let sleeper: Sleeper
    private let logger: Logger

    /// Makes the watchers of all flows that are watched.
    ///
    /// Flows of one target share a watcher, at the shortest of their intervals.
    package static func all(
        _ flows: [Flow],
        source: any FlowSource,
        names: FlowNameWatcher,
        notes: any DurableNotes,
        clocks: Clocks = .system,
        sleeper: Sleeper = .system,
        logger: Logger
    ) -> [VersionWatcher] {
        let watched = Dictionary(grouping: flows.filter { $0.settings.watchVersion > .zero }, by: \.target)
        return watched.map { target, flows in
            VersionWatcher(
                target: target,
                flows: flows,
                interval: max(flows.map(\.settings.watchVersion).min() ?? .zero, Self.intervalMin),
                source: source,
                names: names,
                notes: notes,
                clocks: clocks,
                sleeper: sleeper,
                logger: logger
            )
        }
    }

    /// Watches until its task is cancelled.
    package func run() async {
        var known = await self.restored()
        var isAway = false
        // Not all targets at the same time.
        var pause = min(self.interval, .seconds(1)) * Double.random(in: 0...1)
        while true {
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.clocks.now().advanced(by: pause))
            } catch {
                return
            }
            isAway = await self.check(&known, wasAway: isAway)
            pause = self.interval * Double.random(in: 0.9...1.1)
        }
    }

    /// What is known of the target: its version, and until when what was asked is of an older one.
    struct Known: Equatable {
        var version: FlowVersion?
        var outdatedAt: Timestamp?
    }

    /// Takes up what was known before this start, so that a change in between is noticed.
    func restored() async -> Known {
        let parts = await self.notes.note(self.noteName)?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, let version = FlowVersion(note: String(parts[0])), let milliseconds = Int64(parts[1]),
            milliseconds >= 0
        else { return Known() }
        var known = Known(version: version)
        guard milliseconds > 0 else { return known }
        let (time, now) = (Timestamp(milliseconds: milliseconds), self.clocks.wall())
        known.outdatedAt = time.isBeyond(now) ? now : time
        for flow in self.flows { flow.restoreOutdated(at: known.outdatedAt ?? time) }
        // Kept, so that the next start does not take its own moment for it.
        if time.isBeyond(now) { await self.keep(known) }
        return known
    }

    /// Asks once: for the id that the target's name has now, then for that flow's version.
    ///
    /// - Returns: whether LangFlow did not say.
    func check(_ known: inout Known, wasAway: Bool) async -> Bool {
        let version: FlowVersion
        do throws(UpstreamError) {
            let id = try await self.names.id(of: self.target, maxAge: min(self.interval / 2, Self.listAgeMax))
            version = if let id { try await self.source.version(ofFlow: id) } else { .gone }
        } catch {
            if !wasAway, !error.isCancelled {
                self.logger.warning(
                    "a flow's version cannot be watched; answers stay as fresh as they are",
                    metadata: [LogKeys.target: "\(self.target)", "error": "\(error)"]
                )
            }
            return true
        }
        guard known.version != version else { return false }
        // A version that is the first one to be known may be the one of what is stored.
        if known.version != nil || version == .gone {
            let now = self.clocks.wall()
            for flow in self.flows { flow.becomeOutdated(at: now) }
            known.outdatedAt = now
            self.logger.notice(
                version == .gone
                    ? "a flow is gone from LangFlow; its stored answers are stale from now on"
                    : "a flow was changed in LangFlow; its stored answers are stale from now on",
                metadata: [LogKeys.target: "\(self.target)"]
            )
        }
        known.version = version
        await self.keep(known)
        return false
    }

    private func keep(_ known: Known) async {
        guard let version = known.version else { return }
        await self.notes.keep("\(version.note) \(known.outdatedAt?.milliseconds ?? 0)", as: self.noteName)
    }

    private var noteName: String { "flow-version:\(self.target)" }
}

extension FlowVersion {
    /// As it is kept over a restart: a token, or nothing where the flow is gone.
    fileprivate var note: String {
        switch self {
        case .token(let token): token
        case .gone: ""
        }
    }

    fileprivate init?(note: String) {
        if note.isEmpty {
            self = .gone
        } else {
            guard VersionToken.isValid(note) else { return nil }
            self = .token(note)
        }
    }
}
