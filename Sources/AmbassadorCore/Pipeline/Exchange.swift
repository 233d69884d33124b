import NIOCore

/// A request from its first byte to its record: who asked what, as far as that is known yet.
struct Exchange: Sendable {
    let traceID: TraceID
    let route: Route.Name
    let receivedAt: NIODeadline
    let time: Timestamp
    let requestBytes: Int
    let clientAddress: String?
    var tenant: TenantID = .default
    /// Who called; `nil` until somebody is identified.
    var principal: String?
    /// Where the caller stands with the tightest of the limits that apply.
    var limit: LimitState?
    var flowName: FlowName?
    var flow: Flow?
    var inputHash: InputHash?
    var input: ByteBuffer?

    init(_ request: Request, time: Timestamp) {
        self.traceID = request.traceID
        self.route = request.head.route.name
        self.receivedAt = request.receivedAt
        self.time = time
        self.requestBytes = request.body.readableBytes
        self.clientAddress = request.clientAddress
        if case .langFlowRun(let name) = request.head.route { self.flowName = name }
    }

    init(_ head: RefusedHead, receivedAt: NIODeadline, time: Timestamp) {
        self.traceID = head.traceID
        self.route = head.route
        self.receivedAt = receivedAt
        self.time = time
        self.requestBytes = head.requestBytes
        self.clientAddress = head.clientAddress
        self.flowName = head.flow
    }

    /// The response for the caller.
    func response(_ reply: Reply) -> Response {
        var response = Response(status: reply.status, traceID: self.traceID, content: reply.content)
        response.cacheStatus = reply.cacheStatus
        response.ageSeconds = reply.ageSeconds
        response.degradation = reply.degradation
        response.retryAfterSeconds = reply.retryAfterSeconds
        response.allowedMethods = reply.allowedMethods
        response.limit = self.limit
        return response
    }

    /// The record for the audit log.
    func record(_ reply: Reply, at now: NIODeadline) -> AuditRecord {
        var record = AuditRecord(
            time: self.time,
            traceID: self.traceID,
            route: self.route,
            tenant: self.tenant,
            outcome: reply.outcome,
            status: reply.status
        )
        record.principal = self.principal
        record.flow = self.flowName
        record.target = self.flow?.target
        record.inputHash = self.inputHash
        record.detail = reply.detail
        record.errorKind = reply.errorKind
        record.totalMicroseconds = (now - self.receivedAt).nanoseconds / 1000
        record.upstreamMicroseconds = reply.upstreamMicroseconds
        record.attempts = reply.attempts
        record.requestBytes = self.requestBytes
        record.responseBytes = reply.content.byteCount
        record.usage = reply.usage
        record.costNanos = reply.costNanos
        record.savedNanos = reply.savedNanos
        record.ageSeconds = reply.ageSeconds
        record.clientAddress = self.clientAddress
        if self.flow?.settings.storesInputs != false {
            record.input = self.input
            record.answer = reply.answer
        }
        return record
    }
}
