import NIOCore

/// What is going to be done for a request, once it was found in order.
struct Plan: Sendable {
    let request: Request
    let flow: Flow
    let input: RunInput
    let inputHash: InputHash
    let tenant: TenantID
    let principal: String
    /// The caller's session, or one of its own.
    let session: SessionID
    /// The global variables that the flow lets callers set.
    let globalVariables: [GlobalVariable]
    var caching: Caching
    /// What the request asks of the cache, as far as it may.
    let directives: CacheDirectives?
    /// The form of the answer that the caller asked for.
    let form: Answer.Form
    /// The wall clock when the request was planned; what freshness is counted from.
    let time: Timestamp
    /// When the caller gets an answer at the latest.
    let deadline: NIODeadline

    enum Caching: Sendable {
        /// - Parameter purges: how many purges there had been when the request was planned; see ``PurgeLedger``.
        case use(CacheKey, purges: UInt64)
        case bypass(OutcomeDetail)
        case pinned(CurationMark)

        var isBypass: Bool {
            if case .bypass = self { true } else { false }
        }
    }
}

extension Plan {
    /// Whether LangFlow must not be called for the request.
    var isOnlyIfCached: Bool { self.directives?.onlyIfCached == true }

    /// The same plan, of which nothing is kept.
    func bypassing(_ reason: OutcomeDetail) -> Plan {
        var plan = self
        plan.caching = .bypass(reason)
        return plan
    }
}
