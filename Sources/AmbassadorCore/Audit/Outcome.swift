/// What became of a request, in one word; or that it was a call for none.
package enum Outcome: String, Sendable, CaseIterable {
    /// Answered with a fresh entry.
    case hit
    /// Answered with a stale entry that is being refreshed (`stale_while_revalidate`).
    case stale
    /// Answered by LangFlow for this request.
    case miss
    /// Answered by LangFlow for an identical request that was under way.
    case collapsed
    /// Answered by LangFlow, past the cache.
    case bypass
    /// Answered with a stale entry or a fallback, since LangFlow did not answer.
    case degraded
    /// LangFlow's own 4xx, passed on.
    case rejected
    /// Turned away by the ambassador: malformed, not allowed, unknown, over a limit.
    case refused
    /// No answer could be given: LangFlow failed and nothing degraded may be served, or the ambassador itself failed.
    case failed
    /// The caller left before the answer.
    case abandoned
    /// No request but a call that stands in the record of none: a refresh in the background, or a call whose callers had all left
    /// before it ended.
    case refresh

    /// What becomes of requests, by ``index``.
    package static let ofRequests = Self.allCases.filter { $0 != .refresh }

    /// The position among all outcomes.
    package var index: Int {
        switch self {
        case .hit: 0
        case .stale: 1
        case .miss: 2
        case .collapsed: 3
        case .bypass: 4
        case .degraded: 5
        case .rejected: 6
        case .refused: 7
        case .failed: 8
        case .abandoned: 9
        case .refresh: 10
        }
    }
}

/// What an ``Outcome`` leaves open: the tier of a hit, the kind of a degraded answer, the reason of a bypass.
package enum OutcomeDetail: String, Sendable, CaseIterable {
    case memory
    case redis
    case store
    case stale
    case fallback
    /// The request carries a session, and the flow's sessions are not cached.
    case session
    /// Nothing of the flow is ever stored: no lifetime is set for it.
    case policy
    /// The request says that its answer must not be stored.
    case noStore = "no-store"
    /// An operator has pinned the answer.
    case pinned
    /// An operator has forbidden that anything stored is served.
    case tombstone

    init(_ degradation: Response.Degradation) {
        self =
            switch degradation {
            case .stale: .stale
            case .fallback: .fallback
            }
    }

    /// The position among all details.
    package var index: Int {
        switch self {
        case .memory: 0
        case .redis: 1
        case .store: 2
        case .stale: 3
        case .fallback: 4
        case .session: 5
        case .policy: 6
        case .noStore: 7
        case .pinned: 8
        case .tombstone: 9
        }
    }
}
