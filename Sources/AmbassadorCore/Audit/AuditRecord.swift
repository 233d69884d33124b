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

    package init(
        time: Timestamp,
        traceID: TraceID,
        route: Route.Name,
        tenant: TenantID,
        outcome: Outcome,
        status: Int,
        principal: String? = nil,
        flow: FlowName? = nil,
        target: FlowName? = nil,
        inputHash: InputHash? = nil,
        detail: OutcomeDetail? = nil,
        errorKind: Refusal.Kind? = nil,
        totalMicroseconds: Int64 = 0,
        upstreamMicroseconds: Int64 = 0,
        attempts: Int = 0,
        requestBytes: Int = 0,
        responseBytes: Int = 0,
        usage: Usage = .unknown,
        costNanos: Int64 = 0,
        savedNanos: Int64 = 0,
        ageSeconds: Int? = nil,
        clientAddress: String? = nil,
        input: ByteBuffer? = nil,
        answer: Answer? = nil
    ) {
        self.time = time
        self.traceID = traceID
        self.route = route
        self.tenant = tenant
        self.outcome = outcome
        self.status = status
        self.principal = principal
        self.flow = flow
        self.target = target
        self.inputHash = inputHash
        self.detail = detail
        self.errorKind = errorKind
        self.totalMicroseconds = totalMicroseconds
        self.upstreamMicroseconds = upstreamMicroseconds
        self.attempts = attempts
        self.requestBytes = requestBytes
        self.responseBytes = responseBytes
        self.usage = usage
        self.costNanos = costNanos
        self.savedNanos = savedNanos
        self.ageSeconds = ageSeconds
        self.clientAddress = clientAddress
        self.input = input
        self.answer = answer
    }
}
