package import NIOCore

/// A request whose framing, target, method and headers were found in order; the body is still as the caller sent it.
package struct Request: Sendable {
    package var route: Route
    package var traceID: TraceID
    package var body: ByteBuffer
    /// The value of `X-Tenant-ID`, not yet checked; `nil` where the header is absent.
    package var tenantHeader: String?
    /// Whether the caller asked for the answer's text alone (`Accept: text/plain`).
    package var wantsText: Bool
    /// The values of the caller's `X-LANGFLOW-GLOBAL-VAR-*` headers by upper-case variable name.
    package var globalVariables: [GlobalVariable]
    package var clientAddress: String?
    /// When the first byte of the request was read.
    package var receivedAt: NIODeadline

    package init(
        route: Route,
        traceID: TraceID,
        body: ByteBuffer,
        tenantHeader: String? = nil,
        wantsText: Bool = false,
        globalVariables: [GlobalVariable] = [],
        clientAddress: String? = nil,
        receivedAt: NIODeadline
    ) {
        self.route = route
        self.traceID = traceID
        self.body = body
        self.tenantHeader = tenantHeader
        self.wantsText = wantsText
        self.globalVariables = globalVariables
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
}

/// The calls of the data plane that reach the pipeline.
package enum Route: Sendable, Hashable {
    /// `POST /run-flow`: the flow is named in the body.
    case runFlow
    /// `POST /api/v1/run/{flow}`: LangFlow's own call.
    case langFlowRun(FlowName)

    /// A route's name in the audit log and in metrics.
    package enum Name: String, Sendable, CaseIterable {
        case runFlow = "run-flow"
        case langFlowRun = "langflow-run"
        /// A request that matched no route or whose head was refused.
        case none
    }

    package var name: Name {
        switch self {
        case .runFlow: .runFlow
        case .langFlowRun: .langFlowRun
        }
    }
}
