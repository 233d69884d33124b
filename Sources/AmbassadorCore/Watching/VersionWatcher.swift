package import Logging

/// Asks LangFlow from time to time which version of a target is current, and has what older ones answered become stale.
///
/// LangFlow being away changes nothing: what is stored is then what it always was. One for each target; each replica watches for
/// itself.
package struct VersionWatcher: Sendable {
    /// However short the operator sets it.
    private static let intervalMin = Duration.milliseconds(100)

    private let target: FlowName
    private let flows: [Flow]
    private let interval: Duration
    private let source: any VersionSource
    private let notes: any DurableNotes
    private let clocks: Clocks
    private let sleeper: Sleeper
    private let logger: Logger

    /// Makes the watchers of all flows that are watched.
    ///
    /// Flows of one target share a watcher, at the shortest of their intervals.
    package static func all(
        _ flows: [Flow],
        source: any VersionSource,
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

    /// What is known of the target: its token, and until when what was asked is of an older version.
    struct Known: Equatable {
        var token: String?
        var outdatedAt: Timestamp?
    }

    /// Takes up what was known before this start, so that a change in between is noticed.
    func restored() async -> Known {
        let parts = await self.notes.note(self.noteName)?.split(separator: " ") ?? []
        guard parts.count == 2, VersionToken.isValid(String(parts[0])) else { return Known() }
        let time = Int64(parts[1]).flatMap { $0 > 0 ? Timestamp(milliseconds: $0) : nil }
        if let time { for flow in self.flows { flow.becomeOutdated(at: time) } }
        return Known(token: String(parts[0]), outdatedAt: time)
    }

    /// Asks once.
    ///
    /// - Returns: whether LangFlow did not say.
    func check(_ known: inout Known, wasAway: Bool) async -> Bool {
        let token: String
        do throws(UpstreamError) {
            token = try await self.source.versionToken(of: self.target)
        } catch {
            if !wasAway, error != .cancelled {
                self.logger.warning(
                    "a flow's version cannot be watched; answers stay as fresh as they are",
                    metadata: [LogKeys.target: "\(self.target)", "error": "\(error)"]
                )
            }
            return true
        }
        guard known.token.map({ !$0.utf8.elementsEqual(token.utf8) }) ?? true else { return false }
        if known.token != nil {
            let now = self.clocks.wall()
            for flow in self.flows { flow.becomeOutdated(at: now) }
            known.outdatedAt = now
            self.logger.notice(
                "a flow was changed in LangFlow; its stored answers are stale from now on",
                metadata: [LogKeys.target: "\(self.target)"]
            )
        }
        known.token = token
        await self.notes.keep("\(token) \(known.outdatedAt?.milliseconds ?? 0)", as: self.noteName)
        return false
    }

    private var noteName: String { "flow-version:\(self.target)" }
}
