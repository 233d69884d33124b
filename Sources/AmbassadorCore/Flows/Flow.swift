import Synchronization

/// A flow at run time: what the operator set for it and what the process knows of it.
package final class Flow: Sendable {
    package let name: FlowName
    /// What LangFlow runs.
    package let target: FlowName
    package let settings: FlowSettings
    /// Counts failures of this flow alone, so that one broken flow never stops the others.
    package let breaker: CircuitBreaker
    /// Keeps calls back where LangFlow, or its gateway, asks to wait.
    let hold = CallHold()
    package let metrics: FlowMetrics
    let sessions: SessionHabits

    private let defaultScope: CacheScope
    // Milliseconds since 1970; zero where no change was ever seen.
    private let outdatedAt = Atomic<Int64>(0)
    private let failure = Mutex<UpstreamFault?>(nil)
    private let scopes = Mutex<[TenantID: CacheScope]>([:])

    /// How many tenants' scopes are kept ready; more are computed for each request.
    private static let scopesMax = 4_096

    init(
        name: FlowName,
        settings: FlowSettings,
        breaker: CircuitBreaker,
        metrics: FlowMetrics,
        sessions: SessionHabits
    ) {
        self.name = name
        self.target = settings.target ?? name
        self.settings = settings
        self.breaker = breaker
        self.metrics = metrics
        self.sessions = sessions
        self.defaultScope = CacheScope(tenant: settings.isShared ? nil : .default, target: settings.target ?? name)
    }

    /// Notes what went wrong with a call of the flow.
    func noteFailure(_ fault: UpstreamFault) { self.failure.withLock { $0 = fault } }

    /// What went wrong with the flow's call that failed last.
    var latestFailure: UpstreamFault? { self.failure.withLock { $0 } }

    /// Has everything that LangFlow was asked until a moment become stale: the flow was changed.
    func becomeOutdated(at time: Timestamp) {
        self.outdatedAt.store(time.milliseconds, ordering: .relaxed)
    }

    /// When it became outdated last; `nil` where no change was ever seen.
    var becameOutdatedAt: Timestamp? {
        let time = self.outdatedAt.load(ordering: .relaxed)
        return time == 0 ? nil : Timestamp(milliseconds: time)
    }

    /// Takes up when it had become outdated last before this start; several things may know of it.
    func restoreOutdated(at time: Timestamp) {
        self.outdatedAt.max(time.milliseconds, ordering: .relaxed)
    }

    /// Whether an entry is what an older version of the flow answered.
    ///
    /// By when LangFlow was asked: an answer of the older version may be complete only after the change.
    func isOutdated(_ entry: CacheEntry) -> Bool {
        let outdatedAt = self.outdatedAt.load(ordering: .relaxed)
        guard outdatedAt != 0 else { return false }
        return entry.storedAt.milliseconds - max(0, entry.upstreamMicroseconds) / 1000 <= outdatedAt
    }

    /// Moves a change that was seen while the clock was ahead to now: it came before.
    ///
    /// `now` is the wall clock at this moment, and not of when a request began: a change may have come since.
    func believeOutdated(at now: Timestamp) {
        let outdatedAt = self.outdatedAt.load(ordering: .relaxed)
        guard outdatedAt != 0, Timestamp(milliseconds: outdatedAt).isBeyond(now) else { return }
        _ = self.outdatedAt.compareExchange(expected: outdatedAt, desired: now.milliseconds, ordering: .relaxed)
    }

    /// Whether an action is allowed on the flow, by whichever of its names it was called.
    ///
    /// By the name of its target what is granted on that is needed, too; see ``Ambassador/flow(named:authorize:)``.
    func allows(_ action: Action, calledBy name: FlowName, _ permissions: Permissions) -> Bool {
        permissions.allows(action, on: self.name) && (name != self.target || permissions.allows(action, on: name))
    }

    /// The part of the cache key that names whose answers these are.
    package func scope(for tenant: TenantID) -> CacheScope {
        if self.settings.isShared || tenant == .default { return self.defaultScope }
        if let known = self.scopes.withLock({ $0[tenant] }) { return known }
        let scope = CacheScope(tenant: tenant, target: self.target)
        self.scopes.withLock { scopes in
            if scopes.count < Self.scopesMax { scopes[tenant] = scope }
        }
        return scope
    }
}
