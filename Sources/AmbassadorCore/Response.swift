package import NIOCore

/// What a caller gets, framing and date left out.
package struct Response: Sendable {
    package var status: Int
    package var traceID: TraceID
    package var content: Content
    package var cacheStatus: CacheStatus?
    /// Seconds since the answer was made; `nil` where it was made for this request.
    package var ageSeconds: Int?
    package var degradation: Degradation?
    package var retryAfterSeconds: Int?
    /// The methods that the route takes, on a 405.
    package var allowedMethods: String?
    /// Where the caller stands with its limits, for `RateLimit` and `RateLimit-Policy`.
    package var limit: LimitState?

    package init(
        status: Int,
        traceID: TraceID,
        content: Content,
        cacheStatus: CacheStatus? = nil,
        ageSeconds: Int? = nil,
        degradation: Degradation? = nil,
        retryAfterSeconds: Int? = nil,
        allowedMethods: String? = nil,
        limit: LimitState? = nil
    ) {
        self.status = status
        self.traceID = traceID
        self.content = content
        self.cacheStatus = cacheStatus
        self.ageSeconds = ageSeconds
        self.degradation = degradation
        self.retryAfterSeconds = retryAfterSeconds
        self.allowedMethods = allowedMethods
        self.limit = limit
    }

    /// A response's body and its type.
    package enum Content: Sendable {
        /// LangFlow's answer with the reader's own session id where LangFlow had put one; its form says of which type it is.
        case answer(Answer, session: EscapedSessionID)
        /// A stream that is still being made, in LangFlow's framing; `text/event-stream`. Its length is not known.
        case stream(any ResponseStream)
        /// The answer's text alone; `text/plain; charset=utf-8`.
        case text(ByteBuffer)
        /// `application/json`, as it is.
        case json(ByteBuffer)
        /// In Prometheus' text format.
        case metrics(ByteBuffer)
        /// `application/problem+json` (RFC 9457).
        case problem(ByteBuffer)

        /// The length of the body in bytes; zero for a stream, which counts its own.
        package var byteCount: Int {
            switch self {
            case .answer(let answer, let session):
                answer.body.readableBytes + answer.sessionOffsets.count * session.byteCount
            case .text(let bytes), .json(let bytes), .metrics(let bytes), .problem(let bytes):
                bytes.readableBytes
            case .stream: 0
            }
        }

        /// Appends the body; of a stream nothing.
        package func write(into buffer: inout ByteBuffer) {
            switch self {
            case .answer(let answer, let session):
                session.write(into: answer.body, at: answer.sessionOffsets, to: &buffer)
            case .text(let bytes), .json(let bytes), .metrics(let bytes), .problem(let bytes):
                buffer.writeImmutableBuffer(bytes)
            case .stream: break
            }
        }

        /// The body.
        package var bytes: ByteBuffer {
            var buffer = ByteBuffer()
            buffer.reserveCapacity(self.byteCount)
            self.write(into: &buffer)
            return buffer
        }
    }

    /// How an answer falls short; the value of `X-Ambassador-Degraded`.
    package enum Degradation: String, Sendable {
        case stale
        case fallback
    }
}
