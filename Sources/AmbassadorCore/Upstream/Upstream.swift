package import NIOCore

/// LangFlow, as the pipeline sees it.
package protocol Upstream: Sendable {
    /// Runs a flow once; no retries, no redirects.
    ///
    /// Cancelling the task gives the call up and closes its connection.
    func run(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamAnswer
}

/// One run of a flow: what is sent was built from configuration and checked values, never copied from the caller.
package struct UpstreamCall: Sendable {
    package let target: FlowName
    /// The canonical body: what was hashed is what is sent.
    package let body: ByteBuffer
    package let globalVariables: [GlobalVariable]
    package let traceID: TraceID
    /// From the first attempt to connect until the last byte of the answer.
    package let timeout: Duration

    package init(
        target: FlowName,
        body: ByteBuffer,
        globalVariables: [GlobalVariable],
        traceID: TraceID,
        timeout: Duration
    ) {
        self.target = target
        self.body = body
        self.globalVariables = globalVariables
        self.traceID = traceID
        self.timeout = timeout
    }
}

/// What LangFlow answered: a complete body of 200 or of an error, within the size limit.
package struct UpstreamAnswer: Sendable {
    package let status: Int
    /// The value of `Content-Type`, without parameters and in lower case; empty where absent.
    package let contentType: String
    package let body: ByteBuffer
    /// How long the answer may live by LangFlow's own headers: zero where `Cache-Control: no-store|private|no-cache` or a `Vary`
    /// other than `Accept-Encoding` and `Origin` forbids storing, `nil` where they say nothing.
    package let lifetimeMax: Duration?

    package init(status: Int, contentType: String, body: ByteBuffer, lifetimeMax: Duration?) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.lifetimeMax = lifetimeMax
    }
}

/// Why no answer came from LangFlow.
package enum UpstreamError: Error, Sendable, Hashable {
    /// No connection: refused, no such host, TLS. Nothing was sent, so trying again is safe.
    case unreachable
    /// The connection ended before the answer did.
    case connectionLost
    /// No complete answer within the call's timeout.
    case timeout
    /// The answer is not one that LangFlow gives: broken framing, a redirect, an upgrade, over the size limit.
    case invalid(String)
    /// The caller gave the call up.
    case cancelled
}
