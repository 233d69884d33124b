package import NIOCore

/// LangFlow, as the pipeline sees it.
package protocol Upstream: Sendable {
    /// Runs a flow once; no retries, no redirects.
    ///
    /// Cancelling the task gives the call up and closes its connection.
    func run(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamAnswer

    /// Runs a flow once and hands its answer on as it comes; no retries, no redirects.
    ///
    /// Returns with the head of the answer. Cancelling the task that reads the stream gives the call up and closes its connection,
    /// which is how LangFlow learns that it may stop.
    func stream(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamOpening
}

/// How LangFlow's answer to a streamed run begins.
package enum UpstreamOpening: Sendable {
    /// It is no stream: an error, or JSON with status 200. Complete, within the size limit.
    case answer(UpstreamAnswer)
    /// Status 200 and `text/event-stream`.
    case stream(UpstreamStream)
}

/// LangFlow's stream, for its one reader.
package struct UpstreamStream: Sendable {
    /// As ``UpstreamAnswer/lifetimeMax``.
    package let lifetimeMax: Duration?
    package let body: any UpstreamBody

    package init(lifetimeMax: Duration?, body: any UpstreamBody) {
        self.lifetimeMax = lifetimeMax
        self.body = body
    }
}

/// The bytes of a stream as they come.
///
/// LangFlow is read no faster than they are asked for: what is not asked for stays, within a small bound, in the connection.
package protocol UpstreamBody: Sendable {
    /// Waits for the next bytes; never empty.
    ///
    /// - Returns: `nil` at the end that the framing announced.
    /// - Throws: `connectionLost` where it ended without one, `timeout` after the call's time, `invalid` for broken framing,
    ///   `cancelled` where the task was cancelled.
    func next() async throws(UpstreamError) -> ByteBuffer?
}

/// One run of a flow: what is sent was built from configuration and checked values, never copied from the caller.
package struct UpstreamCall: Sendable {
    package let target: FlowName
    /// The canonical body: what was hashed is what is sent.
    package let body: ByteBuffer
    package let globalVariables: [GlobalVariable]
    package let traceID: TraceID
    /// What the caller's trace hands on; `nil` where there is none.
    package let traceContext: TraceContext?
    /// From the first attempt to connect until the last byte of the answer.
    package let timeout: Duration

    package init(
        target: FlowName,
        body: ByteBuffer,
        globalVariables: [GlobalVariable],
        traceID: TraceID,
        traceContext: TraceContext? = nil,
        timeout: Duration
    ) {
        self.target = target
        self.body = body
        self.globalVariables = globalVariables
        self.traceID = traceID
        self.traceContext = traceContext
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
    /// This process or host had no file descriptor, port or memory left for a connection: LangFlow is not to blame. Nothing was sent.
    case noResources
    /// The connection ended before the answer did.
    case connectionLost
    /// No complete answer within the call's timeout.
    case timeout
    /// The answer is not one that LangFlow gives: broken framing, a redirect, an upgrade, over the size limit.
    case invalid(String)
    /// The caller gave the call up.
    case cancelled
}
