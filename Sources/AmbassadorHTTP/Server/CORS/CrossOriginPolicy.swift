import NIOCore

/// Which web pages may call the data plane and read its answers (Fetch standard §3.2.4, CORS).
///
/// Callers show who they are in header fields, which a page sets itself; cookies and the like are never allowed.
package struct CrossOriginPolicy: Sendable {
    private let granted: [(origin: WebOrigin, grant: CrossOriginGrant)]
    private let others: CrossOriginGrant

    /// Prepares what answers say.
    ///
    /// - Parameters:
    ///   - origins: Whose pages may call; `nil` is made of none.
    ///   - headers: What pages may set beside what is read here.
    ///   - maxAgeSeconds: How long a browser may keep the answer to a preflight.
    package init?(origins: [WebOrigin], headers: [PageHeader] = [.any], maxAgeSeconds: Int) {
        guard !origins.isEmpty else { return nil }
        let headers = PageHeaders(headers)
        if origins.contains(.any) {
            self.granted = []
            self.others = CrossOriginGrant(to: .any, varies: false, headers: headers, maxAgeSeconds: maxAgeSeconds)
        } else {
            self.granted = origins.map { origin in
                let grant = CrossOriginGrant(to: origin, varies: true, headers: headers, maxAgeSeconds: maxAgeSeconds)
                return (origin, grant)
            }
            self.others = CrossOriginGrant(to: nil, varies: true, headers: headers, maxAgeSeconds: maxAgeSeconds)
        }
    }

    /// What an answer to this origin says; `nil` stands for a request without one.
    ///
    /// Only a listed origin is ever repeated to a caller.
    func grant(to origin: String?) -> CrossOriginGrant {
        guard let origin else { return self.others }
        return self.granted.first { $0.origin.description.utf8.elementsEqual(origin.utf8) }?.grant ?? self.others
    }
}

/// What answers to one origin tell a browser: header lines, ready to be written.
///
/// Shared by reference: every answer of a connection has the same.
package final class CrossOriginGrant: Sendable {
    /// What a page may read of an answer besides what every page may.
    private static let exposed =
        "X-Trace-ID, Cache-Status, Age, X-Ambassador-Degraded, X-Ambassador-Version, RateLimit-Policy, RateLimit, Retry-After"
    /// Each line begins with its line break.
    let answerLines: ByteBuffer
    private let preflightLines: ByteBuffer?
    private let headers: PageHeaders
    private let preflightEnd: ByteBuffer

    init(to origin: WebOrigin?, varies: Bool, headers: PageHeaders, maxAgeSeconds: Int) {
        self.headers = headers
        let vary = varies ? "\r\nVary: Origin" : ""
        guard let origin else {
            self.answerLines = ByteBuffer(string: vary)
            self.preflightLines = nil
            self.preflightEnd = ByteBuffer(string: vary)
            return
        }
        let allow = "\r\nAccess-Control-Allow-Origin: \(origin)"
        self.answerLines = ByteBuffer(string: "\(allow)\r\nAccess-Control-Expose-Headers: \(Self.exposed)\(vary)")
        self.preflightLines = ByteBuffer(string: "\(allow)\r\nAccess-Control-Allow-Headers: \(headers.value)")
        self.preflightEnd = ByteBuffer(string: "\r\nAccess-Control-Max-Age: \(maxAgeSeconds)\(vary)")
    }

    /// Appends what a preflight is told.
    ///
    /// - Parameters:
    ///   - methods: What the route takes.
    ///   - requested: The value of `Access-Control-Request-Headers`; empty where there is none.
    ///   - buffer: Where to.
    func writePreflight(methods: String, requested: String, into buffer: inout ByteBuffer) {
        if let lines = self.preflightLines {
            buffer.writeImmutableBuffer(lines)
            self.headers.write(asked: requested, into: &buffer)
            buffer.writeStaticString("\r\nAccess-Control-Allow-Methods: ")
            buffer.writeString(methods)
        }
        buffer.writeImmutableBuffer(self.preflightEnd)
    }
}
