import NIOCore

/// How the callers of a route read errors.
package enum ErrorForm: Sendable, Hashable {
    /// A problem document (RFC 9457).
    case problem
    /// OpenAI's `{"error": {…}}`, with a problem document's members beside it.
    case openAI

    /// The body of an error of the ambassador's.
    func content(of refusal: Refusal, traceID: TraceID) -> Response.Content {
        switch self {
        case .problem: .problem(Problem.body(refusal, traceID: traceID))
        case .openAI: .json(OpenAIError.body(refusal, traceID: traceID))
        }
    }

    /// The body of LangFlow's own 4xx.
    func content(of fetched: Fetched, session: EscapedSessionID, traceID: TraceID) -> Response.Content {
        switch self {
        case .problem: .answer(fetched.answer, session: session)
        case .openAI:
            .json(
                OpenAIError.body(
                    ofUpstream: fetched.answer.body(for: session),
                    status: fetched.status,
                    traceID: traceID
                )
            )
        }
    }
}

extension Reply {
    /// An error that a request gets.
    init(_ refusal: Refusal, to exchange: Exchange, outcome: Outcome) {
        self.init(refusal, traceID: exchange.traceID, as: exchange.errorForm, outcome: outcome)
    }

    /// An error that a planned request gets.
    init(_ refusal: Refusal, to plan: Plan, outcome: Outcome) {
        let request = plan.request
        self.init(refusal, traceID: request.traceID, as: request.head.route.errorForm, outcome: outcome)
    }
}
