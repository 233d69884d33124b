import Logging

/// What callers' sessions mean for the cache, and what an operator is told of how they use them.
extension Ambassador {
    /// Whether a request's session, or its having none yet, keeps it from the caches.
    static func isBypassed(_ input: RunInput, _ settings: FlowSettings) -> Bool {
        if input.session != nil { return settings.session == .bypass }
        // Of a conversation that goes on, LangFlow has to know the beginning.
        return settings.firstTurns == .bypass && settings.session != .ignore
    }

    /// Notes the session that a request names, and says what is odd about it.
    func noteSession(_ input: RunInput, of tenant: TenantID, _ flow: Flow, _ request: Request) {
        guard let session = input.session, flow.settings.session != .ignore, flow.settings.isCacheable else { return }
        let now = self.parts.clocks.now()
        if session.isUnseen, let count = flow.sessions.noteContinued(at: now) {
            self.parts.logger.notice(
                """
                sessions go on whose first turn was answered without LangFlow, which has no memory of it: set the flow's first_turns \
                to bypass, or its session to ignore where it keeps no memory
                """,
                metadata: [LogKeys.flow: "\(flow.name)", "turns": "\(count)"]
            )
        }
        let finding = flow.sessions.note(session, of: tenant, flow.target, receivedAt: request.receivedAt, at: now)
        guard let finding else { return }
        self.parts.logger.notice(
            """
            nearly every session comes once, as where a client makes a new session_id for each call, so that nothing is answered from \
            cache: set the flow's session to ignore where it keeps no memory
            """,
            metadata: [
                LogKeys.flow: "\(flow.name)", "sessions": "\(finding.sessions)",
                "once": "\(Int(finding.onceShare * 100)) %",
            ]
        )
    }
}
