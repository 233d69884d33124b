import AmbassadorCore
import NIOCore

/// Writes answers as HTTP/1.1 messages, each whole but for streams, of which it writes the head.
///
/// Belongs to one event loop.
struct ResponseEncoding {
    /// What an answer says about the connection.
    enum Persistence {
        /// Stays open; HTTP/1.1 need not say so.
        case implied
        /// Stays open, said to an HTTP/1.0 caller.
        case keepAlive
        case close
    }

    /// How an answer is written to the one who asked.
    struct Manner {
        var persistence = Persistence.implied
        /// Whether the caller knows chunks, as HTTP/1.1 has them.
        var takesChunks = true
        var includesBody = true
        /// What is said of the pages that may read it; `nil` for nothing.
        var crossOrigin: CrossOriginGrant?
    }

    /// Enough for the status line and the fields that are usual, each of which has a longest form.
    static let usualHeadBytesMax = 512

    let date: DateHeader

    /// Appends head and body; of a stream the head alone.
    ///
    /// An answer to HEAD states the length and leaves the body out.
    func write(_ response: Response, _ manner: Manner, into buffer: inout ByteBuffer) {
        buffer.writeASCII(atMost: Self.usualHeadBytesMax) { self.writeUsualFields(of: response, manner, into: &$0) }
        if let degradation = response.degradation {
            buffer.writeStaticString("\r\nX-Ambassador-Degraded: ")
            buffer.writeString(degradation.rawValue)
            // Whoever stores answers behind this one must not take it for LangFlow's.
            buffer.writeStaticString("\r\nCache-Control: no-store")
        }
        if let retryAfter = response.retryAfterSeconds {
            buffer.writeStaticString("\r\nRetry-After: ")
            buffer.writeASCII(atMost: 20) { $0.writeDecimal(max(0, retryAfter)) }
        }
        if let limit = response.limit { Self.write(limit, into: &buffer) }
        if response.status == 401 {
            // Ours: LangFlow's own 401 never gets this far.
            buffer.writeStaticString("\r\nWWW-Authenticate: Bearer realm=\"ambassador\"")
        }
        if let methods = response.allowedMethods {
            buffer.writeStaticString("\r\nAllow: ")
            buffer.writeString(methods)
        }
        if let crossOrigin = manner.crossOrigin { buffer.writeImmutableBuffer(crossOrigin.answerLines) }
        Self.writeHeadEnd(manner.persistence, into: &buffer)
        if manner.includesBody {
            Self.writeBody(response.content, manner, into: &buffer)
        }
    }

    private static func write(_ limit: LimitState, into buffer: inout ByteBuffer) {
        let bytesMax = 64 + limit.policy.headerValue.utf8.count + limit.headerValueBytesMax
        buffer.writeASCII(atMost: bytesMax) { writer in
            writer.writeStaticString("\r\nRateLimit-Policy: ")
            writer.writeString(limit.policy.headerValue)
            writer.writeStaticString("\r\nRateLimit: ")
            limit.writeHeaderValue(into: &writer)
        }
    }

    /// Appends the answer to a browser's question.
    func write(_ preflight: Preflight, _ manner: Manner, into buffer: inout ByteBuffer) {
        buffer.writeASCII(atMost: Self.usualHeadBytesMax) { writer in
            writer.writeStaticString("HTTP/1.1 204 No Content\r\nDate: ")
            self.date.write(into: &writer)
        }
        buffer.writeStaticString("\r\nX-Trace-ID: ")
        preflight.traceID.write(into: &buffer)
        buffer.writeStaticString("\r\nAllow: ")
        buffer.writeString(preflight.methods)
        manner.crossOrigin?.writePreflight(
            methods: preflight.methods,
            requested: preflight.requestedHeaders,
            into: &buffer
        )
        Self.writeHeadEnd(manner.persistence, into: &buffer)
    }

    private static func writeHeadEnd(_ persistence: Persistence, into buffer: inout ByteBuffer) {
        switch persistence {
        case .implied: buffer.writeStaticString("\r\n\r\n")
        case .keepAlive: buffer.writeStaticString("\r\nConnection: keep-alive\r\n\r\n")
        case .close: buffer.writeStaticString("\r\nConnection: close\r\n\r\n")
        }
    }

    /// The status line and the fields whose length is bounded; all there are on most answers.
    private func writeUsualFields(of response: Response, _ manner: Manner, into buffer: inout ASCIIWriter) {
        Self.writeStatusLine(response.status, into: &buffer)
        Self.writeContentType(response.content, into: &buffer)
        Self.writeFraming(of: response.content, manner, into: &buffer)
        buffer.writeStaticString("\r\nDate: ")
        self.date.write(into: &buffer)
        buffer.writeStaticString("\r\nX-Trace-ID: ")
        response.traceID.write(into: &buffer)
        if let cacheStatus = response.cacheStatus {
            buffer.writeStaticString("\r\nCache-Status: ")
            cacheStatus.write(into: &buffer)
        }
        if let age = response.ageSeconds {
            buffer.writeStaticString("\r\nAge: ")
            // Never negative: a clock that went back shows as zero.
            buffer.writeDecimal(max(0, age))
        }
    }

    private static func writeContentType(_ content: Response.Content, into buffer: inout ASCIIWriter) {
        switch content {
        case .answer(let answer, _) where answer.form == .records: Self.writeStreamType(into: &buffer)
        case .stream: Self.writeStreamType(into: &buffer)
        case .answer, .json: buffer.writeStaticString("\r\nContent-Type: application/json")
        case .text: buffer.writeStaticString("\r\nContent-Type: text/plain; charset=utf-8")
        case .metrics: buffer.writeStaticString("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8")
        case .problem: buffer.writeStaticString("\r\nContent-Type: application/problem+json")
        }
    }

    /// The statuses that the ambassador gives itself and those that LangFlow is known to give; others go without a phrase,
    /// which RFC 9112 §4 allows.
    private static func writeStatusLine(_ status: Int, into buffer: inout ASCIIWriter) {
        switch status {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK")
        case 400: buffer.writeStaticString("HTTP/1.1 400 Bad Request")
        case 401: buffer.writeStaticString("HTTP/1.1 401 Unauthorized")
        case 403: buffer.writeStaticString("HTTP/1.1 403 Forbidden")
        case 404: buffer.writeStaticString("HTTP/1.1 404 Not Found")
        case 405: buffer.writeStaticString("HTTP/1.1 405 Method Not Allowed")
        case 408: buffer.writeStaticString("HTTP/1.1 408 Request Timeout")
        case 413: buffer.writeStaticString("HTTP/1.1 413 Content Too Large")
        case 414: buffer.writeStaticString("HTTP/1.1 414 URI Too Long")
        case 415: buffer.writeStaticString("HTTP/1.1 415 Unsupported Media Type")
        case 417: buffer.writeStaticString("HTTP/1.1 417 Expectation Failed")
        case 421: buffer.writeStaticString("HTTP/1.1 421 Misdirected Request")
        case 422: buffer.writeStaticString("HTTP/1.1 422 Unprocessable Content")
        case 429: buffer.writeStaticString("HTTP/1.1 429 Too Many Requests")
        case 431: buffer.writeStaticString("HTTP/1.1 431 Request Header Fields Too Large")
        case 500: buffer.writeStaticString("HTTP/1.1 500 Internal Server Error")
        case 501: buffer.writeStaticString("HTTP/1.1 501 Not Implemented")
        case 502: buffer.writeStaticString("HTTP/1.1 502 Bad Gateway")
        case 503: buffer.writeStaticString("HTTP/1.1 503 Service Unavailable")
        case 504: buffer.writeStaticString("HTTP/1.1 504 Gateway Timeout")
        case 505: buffer.writeStaticString("HTTP/1.1 505 HTTP Version Not Supported")
        default:
            // Only three digits are a status line; another number would break the connection's framing.
            precondition((200...599).contains(status), "a final status has three digits")
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeDecimal(status)
            buffer.writeStaticString(" ")
        }
    }
}
