import AmbassadorCore
import NIOCore
import Synchronization

/// Answers with what it is told and remembers what reached it.
final class WitnessResponder: Responder {
    private struct State {
        var decided: [Request] = []
        var refused: [(refusal: Refusal, head: RefusedHead)] = []
    }

    private let state = Mutex(State())
    private let decision: @Sendable (Request) -> Decision

    init(_ decision: @escaping @Sendable (Request) -> Decision = { .answered(.echo(of: $0)) }) {
        self.decision = decision
    }

    var decided: [Request] { self.state.withLock { $0.decided } }
    var refused: [(refusal: Refusal, head: RefusedHead)] { self.state.withLock { $0.refused } }
    /// The bodies of all requests that came through, in their order.
    var bodies: [String] { self.decided.map { String(buffer: $0.body) } }

    func decide(_ request: Request, remembering shortcuts: Shortcuts?) -> Decision {
        self.state.withLock { $0.decided.append(request) }
        return self.decision(request)
    }

    func refuse(_ refusal: Refusal, of head: RefusedHead) -> Decision {
        self.state.withLock { $0.refused.append((refusal, head)) }
        var response = Response(
            status: refusal.status,
            traceID: head.traceID,
            content: .problem(ByteBuffer(string: "{\"error\":\"\(refusal.kind.rawValue)\"}"))
        )
        response.allowedMethods = head.allowedMethods
        return .answered(response)
    }

    func probe(_ probe: Probe, traceID: TraceID) -> Response {
        Response(status: 200, traceID: traceID, content: .json(ByteBuffer(string: "{\"status\":\"healthy\"}")))
    }
}

extension Response {
    /// Gives the request's body back.
    static func echo(of request: Request) -> Response {
        Response(status: 200, traceID: request.traceID, content: .json(request.body))
    }
}
