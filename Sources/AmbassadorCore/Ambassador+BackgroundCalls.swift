import NIOCore

/// Calls that stand in no request's record: of background refreshes, and those whose callers all left before they ended.
extension Ambassador {
    /// Records such a call on its own, so that the log has every call that LangFlow got once, with its cost.
    func recordUnclaimed(_ plan: Plan, _ result: Result<Fetched, FetchFailure>) async {
        switch result {
        case .success(let fetched):
            await self.recordUnclaimed(plan, fetched.call, status: fetched.status, answer: fetched.answer)
        case .failure(let failure):
            await self.recordUnclaimed(plan, failure)
        }
    }

    /// The same for a stream.
    func recordUnclaimed(_ plan: Plan, _ end: StreamEnd) async {
        if let failure = end.failure {
            await self.recordUnclaimed(plan, failure)
        } else if let call = end.call {
            await self.recordUnclaimed(plan, call, status: 200, answer: end.answer)
        }
    }

    private func recordUnclaimed(_ plan: Plan, _ failure: FetchFailure) async {
        guard let call = failure.call else { return }
        let refusal = failure.refusal(retryAfter: .zero)
        await self.recordUnclaimed(
            plan,
            call,
            status: refusal.status,
            error: (refusal.kind, failure.error.cause.map { .upstream($0.fault) })
        )
    }

    private func recordUnclaimed(
        _ plan: Plan,
        _ call: CallMade,
        status: Int,
        answer: Answer? = nil,
        error: (kind: Refusal.Kind, detail: ErrorDetail?)? = nil
    ) async {
        let clocks = self.parts.clocks
        var exchange = Exchange(plan.request, time: clocks.wall())
        exchange.tenant = plan.tenant
        exchange.principal = plan.principal
        exchange.flowName = plan.flow.name
        exchange.flow = plan.flow
        exchange.inputHash = plan.inputHash
        exchange.input = plan.input.input
        var reply = Reply(status: status, content: .text(ByteBuffer()), outcome: .refresh)
        reply.answer = answer
        (reply.errorKind, reply.errorDetail) = (error?.kind, error?.detail)
        reply.carry(call, of: plan.flow)
        var record = exchange.record(reply, at: clocks.now())
        // No caller waited for it: it took what LangFlow took, and was sent nothing.
        record.totalMicroseconds = call.microseconds
        record.requestBytes = 0
        let hasPlace = if self.parts.audit.reserve() { true } else { await self.parts.audit.reserveWaiting() }
        guard hasPlace else { return self.parts.metrics.countUnrecorded() }
        self.parts.metrics.count(record, of: plan.flow)
        self.parts.audit.record(consume record)
    }
}
