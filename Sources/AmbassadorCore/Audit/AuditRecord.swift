package import NIOCore

/// One request as the audit log keeps it.
package struct AuditRecord: Sendable {
    package var time: Timestamp
    package var traceID: TraceID
    package var route: Route.Name
    package var tenant: TenantID
    /// Who called; `nil` where nobody was identified.
    package var principal: String?
    /// The flow as the caller named it; `nil` where the request did not get as far as naming one.
    package var flow: FlowName?
    /// The flow that LangFlow runs under that name.
    package var target: FlowName?
    package var inputHash: InputHash?
    package var outcome: Outcome
    package var detail: OutcomeDetail?
    /// The HTTP status that the caller saw; 499 where the caller left first.
    package var status: Int
    package var errorKind: Refusal.Kind?
    package var totalMicroseconds: Int64
    /// Zero where LangFlow was not called for this request.
    package var upstreamMicroseconds: Int64
    package var attempts: Int
    package var requestBytes: Int
    package var responseBytes: Int
    package var usage: Usage
    /// What the call cost, in billionths of the currency unit of `price`; zero for what came from a cache.
    package var costNanos: Int64
    /// What the call would have cost, had it not come from a cache.
    package var savedNanos: Int64
    /// The age of the answer in seconds; `nil` where it was made for this request.
    package var ageSeconds: Int?
    package var clientAddress: String?
    /// What was asked (UTF-8), shared with the request's own bytes; `nil` where the flow does not store inputs.
    package var input: ByteBuffer?
    /// What was answered, in as far as its text may be kept; `nil` on errors too.
    package var answer: Answer?

    package init(time: Timestamp, traceID: TraceID, route: Route.Name, tenant: TenantID, outcome: Outcome, status: Int)
    {
        self.time = time
        self.traceID = traceID
        self.route = route
        self.tenant = tenant
        self.outcome = outcome
        self.status = status
        self.totalMicroseconds = 0
        self.upstreamMicroseconds = 0
        self.attempts = 0
        self.requestBytes = 0
        self.responseBytes = 0
        self.usage = .unknown
        self.costNanos = 0
        self.savedNanos = 0
    }
}
