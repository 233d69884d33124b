import NIOCore

/// What is going to be done for a request, once it was found in order.
///
/// Immutable and shared by reference, like the request: as a structure each hand-over retained every reference in it.
final class Plan: Sendable {
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
    let caching: Caching
    /// What the request asks of the cache, as far as it may.
    let directives: CacheDirectives?
    /// The form of the answer that the caller asked for.
    let form: Answer.Form
    /// The wall clock when the request was planned; what freshness is counted from.
    let time: Timestamp
    /// The monotonic clock when the request was planned.
    let startedAt: NIODeadline

    /// Whether the session is one that nobody else has, for a request that names none.
    var hasOwnSession: Bool {
        guard case .fresh = self.flow.settings.sessionDefault else { return false }
        return self.input.session == nil
    }

    /// When the caller gets an answer at the latest.
    var deadline: NIODeadline { self.startedAt.advanced(by: self.flow.settings.timeout) }

    init(
        request: Request,
        flow: Flow,
        input: RunInput,
        inputHash: InputHash,
        tenant: TenantID,
        principal: String,
        session: SessionID,
        globalVariables: [GlobalVariable],
        caching: Caching,
        directives: CacheDirectives?,
        form: Answer.Form,
        time: Timestamp,
        startedAt: NIODeadline
    ) {
        self.request = request
        self.flow = flow
        self.input = input
        self.inputHash = inputHash
        self.tenant = tenant
        self.principal = principal
        self.session = session
        self.globalVariables = globalVariables
        self.caching = caching
        self.directives = directives
        self.form = form
        self.time = time
        self.startedAt = startedAt
    }

    enum Caching: Sendable {
        /// With what had happened to the flow's answers when the request was planned.
        case use(CacheKey, CallGeneration)
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
    func bypassing(_ reason: OutcomeDetail) -> Plan { self.with(session: self.session, caching: .bypass(reason)) }

    /// The plan as the answer to it is written: a session of its own that LangFlow does not see is told from one that it does.
    func answered(_ outcome: Outcome) -> Plan {
        guard self.hasOwnSession else { return self }
        switch outcome {
        case .hit, .stale, .collapsed, .degraded: return self.with(session: self.session.unseen, caching: self.caching)
        case .miss, .bypass, .rejected, .refused, .failed, .abandoned, .refresh: return self
        }
    }

    private func with(session: SessionID, caching: Caching) -> Plan {
        Plan(
            request: self.request,
            flow: self.flow,
            input: self.input,
            inputHash: self.inputHash,
            tenant: self.tenant,
            principal: self.principal,
            session: session,
            globalVariables: self.globalVariables,
            caching: caching,
            directives: self.directives,
            form: self.form,
            time: self.time,
            startedAt: self.startedAt
        )
    }
}
