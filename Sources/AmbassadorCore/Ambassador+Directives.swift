/// What a request's own `Cache-Control` changes.
extension Ambassador {
    /// The directives that count for a caller; `nil` where none does.
    ///
    /// They are advice (RFC 9111 §5.2.1), so what a caller may not ask for is left out and not refused: whoever may not refresh a flow
    /// is answered like everybody else.
    static func heeded(
        _ directives: CacheDirectives,
        _ settings: FlowSettings,
        mayRefresh: Bool
    ) -> CacheDirectives? {
        guard settings.requestCacheControl == .honor else { return nil }
        let heeded = mayRefresh ? directives : directives.withoutRefreshing
        return heeded == CacheDirectives() ? nil : heeded
    }

    /// The answer to a request that takes nothing but a stored answer, where there is none for it.
    func notStored(_ plan: Plan) -> Reply {
        let refusal = Refusal(
            .notStored,
            "No stored answer may be served; only-if-cached keeps the ambassador from asking the AI service.",
            detail: "Leave out only-if-cached, or allow a stale answer with max-stale."
        )
        var reply = Reply(refusal, to: plan, outcome: .refused)
        reply.cacheStatus = .onlyIfCached
        return reply
    }

    /// Why LangFlow is asked although an entry was found; `nil` where none was that is of any use.
    func reasonToFetch(over entry: StaleEntry?, _ plan: Plan) -> CacheStatus.Reason? {
        guard let entry else { return nil }
        switch entry.freshness(for: plan, asking: nil, at: plan.time) {
        case .fresh: return .request
        case .staleWhileRevalidate, .staleAsAccepted, .staleIfError, .expired: return .stale
        }
    }
}
