import NIOCore

/// Limits and budgets: what of a caller is let through, and what of that may reach LangFlow.
extension Ambassador {
    /// Takes a token of every limit on requests that applies.
    ///
    /// - Returns: `nil` where a limit that replicas share has to be asked first.
    func admit(_ plan: Plan, _ exchange: inout Exchange, at now: NIODeadline) throws(Refusal) -> Plan? {
        // Asked first, since without limits even to name the subject would be for nothing.
        guard self.parts.limiter.hasLimits(at: .request) else { return plan }
        switch self.parts.limiter.admit(plan.subject, .request, at: now) {
        case .admitted(let state):
            exchange.limit = state
            return plan
        case .limited(let state, let seconds):
            exchange.limit = state
            throw Self.refusal(state, retryAfter: seconds)
        case .pending:
            return nil
        }
    }

    /// The same, with the waiting, for a request that holds the tokens of some limits already.
    func waitForAdmission(
        of plan: Plan,
        holding tokens: LimitTokens = LimitTokens(),
        _ exchange: inout Exchange
    ) async throws(Refusal) {
        _ = try await self.waitForTokens(of: plan.subject, holding: tokens, &exchange)
    }

    /// Takes a token of every limit on requests within a scope, waiting for shared ones.
    func waitForTokens(
        of subject: LimitSubject,
        scope: LimitScope = .all,
        holding tokens: LimitTokens = LimitTokens(),
        _ exchange: inout Exchange
    ) async throws(Refusal) -> LimitTokens {
        let now = self.parts.clocks.now()
        switch await self.parts.limiter.take(subject, .request, scope: scope, holding: tokens, at: now) {
        case .taken(let tokens):
            exchange.limit = tokens.tightest
            return tokens
        case .limited(let state, let seconds):
            exchange.limit = state
            throw Self.refusal(state, retryAfter: seconds)
        }
    }

    /// Lets a call of LangFlow through, within the limits on such calls and the tenant's budget.
    ///
    /// - Returns: the tokens that it has taken, for ``callNotMade(_:_:)``.
    func admitCall(_ plan: Plan) async throws(FetchError) -> LimitTokens {
        if case .exhausted(let kind, let seconds) = self.parts.budgets.take(
            for: plan.tenant,
            at: self.parts.clocks.wall()
        ) {
            throw .budgetExhausted(kind, retryAfterSeconds: seconds)
        }
        guard self.parts.limiter.hasLimits(at: .upstreamCall) else { return LimitTokens() }
        let now = self.parts.clocks.now()
        switch await self.parts.limiter.take(plan.subject, .upstreamCall, scope: .all, holding: LimitTokens(), at: now)
        {
        case .taken(let tokens): return tokens
        case .limited(let state, let seconds):
            self.callNotMade(plan, LimitTokens())
            throw .limited(state.policy.name, retryAfterSeconds: seconds)
        }
    }

    /// Takes back that a call was let through which was then not made: its budget and its tokens are there for others.
    func callNotMade(_ plan: Plan, _ tokens: LimitTokens) {
        let clocks = self.parts.clocks
        self.parts.budgets.giveBack(to: plan.tenant, at: clocks.wall())
        self.parts.limiter.giveBack(tokens, of: plan.subject, .upstreamCall, at: clocks.now())
    }

    private static func refusal(_ state: LimitState, retryAfter seconds: Int) -> Refusal {
        Refusal(
            .rateLimited,
            "Too many requests; the limit '\(state.policy.name)' is reached. Try again later.",
            retryAfterSeconds: seconds
        )
    }
}

extension Plan {
    var subject: LimitSubject {
        LimitSubject(
            tenant: self.tenant,
            principal: self.principal,
            flow: self.flow.name,
            address: self.request.clientAddress
        )
    }
}
