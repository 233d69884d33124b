package import NIOCore

/// A request whose framing, target, method and headers were found in order; the body is still as the caller sent it.
///
/// Immutable and shared by reference: what becomes of a request hands it on many times.
package final class Request: Sendable {
    package let head: CallHead
    /// The caller's own, or a new one.
    package let traceID: TraceID
    /// What the caller's trace hands on; `nil` where the request is not part of one.
    package let traceContext: TraceContext?
    package let body: ByteBuffer
    package let clientAddress: String?
    /// When the first byte of the request was read.
    package let receivedAt: NIODeadline

    package init(
        head: CallHead,
        traceID: TraceID,
        traceContext: TraceContext? = nil,
        body: ByteBuffer,
        clientAddress: String? = nil,
        receivedAt: NIODeadline
    ) {
        self.head = head
        self.traceID = traceID
        self.traceContext = traceContext
        self.body = body
        self.clientAddress = clientAddress
        self.receivedAt = receivedAt
    }
}

/// A LangFlow global variable that a caller sets for one run with an `X-LANGFLOW-GLOBAL-VAR-NAME` header.
package struct GlobalVariable: Hashable, Sendable {
    /// Upper case, `A-Z 0-9 _ -`.
    package let name: String
    /// Visible ASCII and spaces.
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Refuses what a flow does not let callers set: dropped, it would change the answer without a word.
    static func check(_ variables: [GlobalVariable], allowed: Set<String>) throws(Refusal) {
        guard let variable = variables.first(where: { !allowed.contains($0.name) }) else { return }
        throw Refusal(
            .forbidden,
            "The global variable \"\(variable.name)\" is not allowed for this flow. Leave the header X-LANGFLOW-GLOBAL-VAR-"
                + "\(variable.name) out, or ask the operator to list it in the flow's \"global_vars\" setting."
        )
    }
}

/// The calls of the data plane that reach the pipeline.
package enum Route: Sendable, Hashable {
    /// `POST /run-flow`: the flow is named in the body.
    case runFlow
    /// `POST /api/v1/run/{flow}`: LangFlow's own call.
    case langFlowRun(FlowName)
    /// `POST /v1/responses` as OpenAI answers it; the flow is named in the body.
    case responses
    /// The same as LangFlow answers it.
    case langFlowResponses
    /// `POST /v1/chat/completions`; the flow is named in the body.
    case chatCompletions

    /// A route's name in the audit log and in metrics.
    package enum Name: String, Sendable, CaseIterable {
        case runFlow = "run-flow"
        case langFlowRun = "langflow-run"
        /// In both dialects.
        case responses
        case chatCompletions = "chat-completions"
        /// A request that matched no route or whose head was refused.
        case none
    }

    package var name: Name {
        switch self {
        case .runFlow: .runFlow
        case .langFlowRun: .langFlowRun
        case .langFlowResponses, .responses: .responses
        case .chatCompletions: .chatCompletions
        }
    }

    /// The form of the errors that its callers read.
    package var errorForm: ErrorForm {
        switch self {
        case .runFlow, .langFlowRun, .langFlowResponses: .problem
        case .responses, .chatCompletions: .openAI
        }
    }
}
