import NIOCore

/// A request from its first byte to its record: who asked what, as far as that is known yet.
struct Exchange: Sendable {
    let traceID: TraceID
    let route: Route.Name
    let errorForm: ErrorForm
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
        self.errorForm = request.head.route.errorForm
        self.receivedAt = request.receivedAt
        self.time = time
        self.requestBytes = request.body.readableBytes
        self.clientAddress = request.clientAddress
        if case .langFlowRun(let name) = request.head.route { self.flowName = name }
    }

    init(_ head: RefusedHead, receivedAt: NIODeadline, time: Timestamp) {
        self.traceID = head.traceID
        self.route = head.route
        self.errorForm = head.errorForm
        self.receivedAt = receivedAt
        self.time = time
        self.requestBytes = head.requestBytes
        self.clientAddress = head.clientAddress
        self.flowName = head.flow
    }

    /// The response for the caller.
    func response(_ reply: Reply) -> Response {
        reply.response(self.traceID, self.limit)
    }

    /// The record for the audit log.
    func record(_ reply: Reply, at now: NIODeadline) -> AuditRecord {
        AuditRecord(
            of: self.subject(of: reply),
            time: self.time,
            traceID: self.traceID,
            outcome: reply.outcome,
            status: reply.status,
            detail: reply.detail,
            errorKind: reply.errorKind,
            totalMicroseconds: (now - self.receivedAt).nanoseconds / 1000,
            upstreamMicroseconds: reply.upstreamMicroseconds,
            attempts: reply.attempts,
            requestBytes: self.requestBytes,
            responseBytes: reply.content.byteCount,
            usage: reply.usage,
            costNanos: reply.costNanos,
            savedNanos: reply.savedNanos,
            ageSeconds: reply.ageSeconds
        )
    }

    private func subject(of reply: Reply) -> AuditSubject {
        // A refused request keeps no text: it was not forwarded, and may be large.
        let storesInputs = self.flow?.settings.storesInputs != false && reply.outcome != .refused
        return AuditSubject(
            AuditSubject.Fields(
                route: self.route,
                tenant: self.tenant,
                principal: self.principal,
                flow: self.flowName,
                target: self.flow?.target,
                inputHash: self.inputHash,
                clientAddress: self.clientAddress,
                errorDetail: reply.errorDetail,
                input: storesInputs ? self.input : nil,
                answer: storesInputs ? reply.answer : nil
            )
        )
    }
}
