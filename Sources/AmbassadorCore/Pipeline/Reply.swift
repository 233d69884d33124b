import NIOCore

/// What the pipeline found for a request: the answer, and what the audit log says about it.
struct Reply: Sendable {
    var status: Int
    var content: Response.Content
    var outcome: Outcome
    var detail: OutcomeDetail?
    var cacheStatus: CacheStatus?
    var errorKind: Refusal.Kind?
    /// What lies behind the error, or behind a degraded answer; the caller is not told.
    var errorDetail: ErrorDetail?
    var ageSeconds: Int?
    var degradation: Response.Degradation?
    var retryAfterSeconds: Int?
    var allowedMethods: String?
    var upstreamMicroseconds: Int64 = 0
    var attempts = 0
    var usage: Usage = .unknown
    var costNanos: Int64 = 0
    var savedNanos: Int64 = 0
    /// What LangFlow said, now or once; `nil` for everything else.
    var answer: Answer?
    /// Where the records of a streamed reply come from; `content` is then nothing.
    var source: (any RecordSource)?
    /// How the reader sees a streamed reply.
    var view: StreamView?
    /// When a streamed reply ends at the latest.
    var deadline: NIODeadline?

    init(status: Int, content: Response.Content, outcome: Outcome, detail: OutcomeDetail? = nil) {
        self.status = status
        self.content = content
        self.outcome = outcome
        self.detail = detail
    }

    /// An answer of LangFlow's, of the form that the caller asked for, or its text alone.
    init(
        _ answer: Answer,
        _ usage: Usage,
        madeAt time: Timestamp,
        to plan: Plan,
        outcome: Outcome,
        detail: OutcomeDetail? = nil
    ) {
        let plan = plan.answered(outcome)
        let content = plan.content(of: answer, usage, madeAt: time)
        self.init(status: 200, content: content, outcome: outcome, detail: detail)
        self.answer = answer
    }

    /// A stored answer.
    ///
    /// - Returns: `nil` where it cannot be given in the form that the caller asked for.
    init?(entry: CacheEntry, to plan: Plan, outcome: Outcome, detail: OutcomeDetail, at now: Timestamp) {
        guard let answer = entry.answer.in(plan.form) else { return nil }
        self.init(answer, entry.usage, madeAt: entry.storedAt, to: plan, outcome: outcome, detail: detail)
        self.ageSeconds = entry.ageSeconds(at: now)
        self.usage = entry.usage
        self.savedNanos = plan.flow.settings.price.nanos(for: entry.usage)
    }

    /// The answer that an operator has pinned; `nil` where the mark is none of that kind.
    init?(_ mark: CurationMark, to plan: Plan) {
        guard case .pin(let pinned) = mark.kind, let answer = pinned.in(plan.form) else { return nil }
        self.init(answer, .unknown, madeAt: mark.time, to: plan, outcome: .hit, detail: .pinned)
        self.cacheStatus = .pinned
        self.ageSeconds = max(0, Int(plan.time.since(mark.time).milliseconds / 1000))
        self.savedNanos = plan.flow.settings.price.nanos(for: .unknown)
    }

    /// An error.
    init(_ refusal: Refusal, traceID: TraceID, as form: ErrorForm, outcome: Outcome) {
        self.init(status: refusal.status, content: form.content(of: refusal, traceID: traceID), outcome: outcome)
        // Whoever got further says so.
        self.cacheStatus = .refused
        self.errorKind = refusal.kind
        self.errorDetail = refusal.cause
        self.retryAfterSeconds = refusal.retryAfterSeconds
    }

    /// The response for the caller.
    func response(_ traceID: TraceID, _ limit: LimitState?) -> Response {
        Response(
            status: self.status,
            traceID: traceID,
            content: self.content,
            cacheStatus: self.cacheStatus,
            ageSeconds: self.ageSeconds,
            degradation: self.degradation,
            retryAfterSeconds: self.retryAfterSeconds,
            allowedMethods: self.allowedMethods,
            limit: limit
        )
    }

    /// What is recorded of a request whose caller left before the answer; nobody reads it.
    static func abandoned(_ traceID: TraceID) -> Reply {
        // nginx's status for a client that closed the connection.
        Reply(status: 499, content: .text(ByteBuffer()), outcome: .abandoned)
    }
}
