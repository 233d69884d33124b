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
    package let freshness: AnswerFreshness
    package let body: any UpstreamBody

    package init(freshness: AnswerFreshness = .unsaid, body: any UpstreamBody) {
        self.freshness = freshness
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
    package let freshness: AnswerFreshness
    /// How long to wait by the answer's own `Retry-After`, in seconds from 1 to a day; `nil` where it does not say.
    package let retryAfterSeconds: Int?

    package init(
        status: Int,
        contentType: String,
        body: ByteBuffer,
        freshness: AnswerFreshness = .unsaid,
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.freshness = freshness
        self.retryAfterSeconds = retryAfterSeconds
    }
}
