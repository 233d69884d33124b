package import NIOCore

/// What the server asks for an answer: the pipeline, as seen from a connection.
///
/// All are synchronous and short: they run on the connection's event loop.
package protocol Responder: Sendable {
    /// Judges a call whose body may be long before that is read, so that nobody has bodies held for whom nothing is done.
    ///
    /// - Parameters:
    ///   - head: the call's.
    ///   - clientAddress: where it comes from; `nil` over a socket of this host.
    /// - Returns: why it is turned away at once; `nil` where its body is to be read, after which it is judged again.
    func refusal(beforeBodyOf head: CallHead, from clientAddress: String?) -> Refusal?

    /// Answers a request at once, where nothing has to be waited for, or says what to wait for.
    ///
    /// What was found out is remembered for ``hit(_:in:)`` in the shortcuts of the connection's loop, if there are any.
    func decide(_ request: Request, remembering shortcuts: Shortcuts?) -> Decision

    /// Answers a request that came before in the same bytes, where it is a hit in memory once more: the short way to the answer that
    /// ``decide(_:remembering:)`` would give.
    ///
    /// - Returns: `nil` where it is not known, or anything else than such a hit: nothing has happened then.
    func hit(_ request: RepeatedRequest, in shortcuts: Shortcuts) -> Decision?

    /// Records and answers a request that was turned away before it became a ``Request``.
    func refuse(_ refusal: Refusal, of head: RefusedHead) -> Decision

    /// Tells which flows there are that the caller may run.
    func list(_ request: FlowListRequest) -> Decision

    /// Answers a probe. Probes are not recorded.
    func probe(_ probe: Probe, traceID: TraceID) -> Response
}

extension Responder {
    /// Where there are no flows, there is no such route.
    package func list(_ request: FlowListRequest) -> Decision {
        .answered(Response(Refusal(.unknownRoute, "There is no such route."), traceID: request.traceID))
    }

    package func refusal(beforeBodyOf head: CallHead, from clientAddress: String?) -> Refusal? { nil }

    package func hit(_ request: RepeatedRequest, in shortcuts: Shortcuts) -> Decision? { nil }

    /// Answers a request and remembers nothing.
    package func decide(_ request: Request) -> Decision { self.decide(request, remembering: nil) }
}

/// An answer, or the way to it.
package enum Decision: Sendable {
    /// The answer may leave now.
    case answered(Response)
    /// The answer may leave once its record is on disk. The record is handed over exactly once, even where the caller has left.
    case committing(HeldAnswer)
    /// The answer must be waited for, off the event loop. The closure is run exactly once, even where the caller has left:
    /// cancelling its task tells the pipeline so, and then nobody reads its response.
    case pending(@Sendable () async -> Response)
    /// Something has to be asked on the event loop first. The closure is run exactly once, on that loop, and gives what was decided or,
    /// where that takes a while, `nil`: then it is told later on that loop. It is never this again, and has to be followed even where
    /// the caller has left.
    case asking(@Sendable (_ tell: @escaping @Sendable (Decision) -> Void) -> Decision?)
}

extension Decision {
    /// The response, waited for where it has to be; to be asked for once.
    package var response: Response {
        get async {
            switch self {
            case .answered(let response): response
            case .committing(let held): await held.awaited
            case .pending(let wait): await wait()
            case .asking(let ask):
                await withCheckedContinuation { continuation in
                    if let decision = ask({ continuation.resume(returning: $0) }) {
                        continuation.resume(returning: decision)
                    }
                }.response
            }
        }
    }
}

/// What is known of a request that was turned away early.
package struct RefusedHead: Sendable {
    package var traceID: TraceID
    package var route: Route.Name
    /// The form of the errors that the route's callers read.
    package var errorForm: ErrorForm
    package var flow: FlowName?
    package var clientAddress: String?
    /// When the first byte of the request was read.
    package var receivedAt: NIODeadline
    /// Bytes of the body that were read.
    package var requestBytes: Int
    /// For a 405.
    package var allowedMethods: String?

    package init(
        traceID: TraceID,
        route: Route.Name,
        errorForm: ErrorForm = .problem,
        flow: FlowName? = nil,
        clientAddress: String? = nil,
        receivedAt: NIODeadline,
        requestBytes: Int = 0,
        allowedMethods: String? = nil
    ) {
        self.traceID = traceID
        self.route = route
        self.errorForm = errorForm
        self.flow = flow
        self.clientAddress = clientAddress
        self.receivedAt = receivedAt
        self.requestBytes = requestBytes
        self.allowedMethods = allowedMethods
    }
}

/// What anybody may ask of the data plane, by its path: whether the process is well, and LangFlow's own questions of that kind.
package enum Probe: String, Sendable, Hashable, CaseIterable {
    /// The process serves.
    case health = "/healthz"
    case live = "/livez"
    /// Configured, store open, listening. LangFlow or Redis being away makes it degraded, never unready.
    case ready = "/readyz"
    /// As ``health``, in LangFlow's words.
    case langFlowHealth = "/health"
    /// As ``health``, in LangFlow's words; says whether LangFlow is there, too.
    case langFlowHealthCheck = "/health_check"
    /// Which LangFlow it is whose calls are taken.
    case langFlowVersion = "/api/v1/version"
}
