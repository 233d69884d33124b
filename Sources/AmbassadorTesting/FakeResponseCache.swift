package import AmbassadorCore
package import NIOCore
import Synchronization

/// A cache beyond memory that a test can look into, fill and take away.
package final class FakeResponseCache: ResponseCache {
    private struct State {
        var entries: [CacheKey: CacheEntry] = [:]
        var isAway = false
        var lookups = 0
        var answersLoops = false
        var givesUnread = false
        var waiting: [@Sendable () -> Void] = []
        var interruption: (@Sendable () async -> Void)?
        var lookupInterruption: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    package var entries: [CacheKey: CacheEntry] { self.state.withLock { $0.entries } }
    package var lookups: Int { self.state.withLock { $0.lookups } }

    /// Makes the cache answer nothing and keep nothing.
    package func goAway() {
        self.state.withLock { $0.isAway = true }
    }

    /// Runs something before each removal, as a request may come while one is under way.
    package func beforeRemoval(_ interruption: @escaping @Sendable () async -> Void) {
        self.state.withLock { $0.interruption = interruption }
    }

    /// Runs something between each look-up and its answer, which may take as long as a network does.
    package func afterLookup(_ interruption: @escaping @Sendable () async -> Void) {
        self.state.withLock { $0.lookupInterruption = interruption }
    }

    package func entry(for key: CacheKey, until _: NIODeadline) async -> CacheEntry? {
        let (entry, interruption) = self.state.withLock { state in
            state.lookups += 1
            return (state.isAway ? nil : state.entries[key], state.lookupInterruption)
        }
        await interruption?()
        return entry
    }

    /// Lets event loops look up from now on; they are told of their findings by ``tellFindings()``.
    package func answerLoops(unread: Bool = false) {
        self.state.withLock {
            $0.answersLoops = true
            $0.givesUnread = unread
        }
    }

    /// Tells those who have looked up on an event loop what there is now.
    package func tellFindings() {
        let waiting = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for tell in waiting { tell() }
    }

    package func lookUp(_ key: CacheKey, _ found: @escaping @Sendable (Finding) -> Void) -> Bool {
        self.state.withLock { state in
            guard state.answersLoops else { return false }
            state.waiting.append { found(self.finding(key)) }
            return true
        }
    }

    private func finding(_ key: CacheKey) -> Finding {
        self.state.withLock { state in
            guard !state.isAway, let entry = state.entries[key] else { return .nothing }
            return state.givesUnread ? .unread { entry } : .entry(entry)
        }
    }

    package func insert(_ entry: CacheEntry, lifetime: Duration) {
        self.state.withLock { state in
            if !state.isAway { state.entries[entry.key] = entry }
        }
    }

    package func remove(_ selection: PurgeSelection) async -> Removal? {
        if let interruption = self.state.withLock({ $0.interruption }) { await interruption() }
        return self.state.withLock { state in
            guard !state.isAway else { return nil }
            let removed = state.entries.filter { selection.covers($0.value) }
            for key in removed.keys { state.entries[key] = nil }
            let unjudged = state.entries.values.count { selection.verdict(on: $0) == .unjudged }
            return Removal(removed: removed.count, unjudged: unjudged)
        }
    }
}
