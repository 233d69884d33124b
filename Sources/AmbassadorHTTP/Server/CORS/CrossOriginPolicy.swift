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
    ///   - maxAgeSeconds: How long a browser may keep the answer to a preflight.
    package init?(origins: [WebOrigin], maxAgeSeconds: Int) {
        guard !origins.isEmpty else { return nil }
        if origins.contains(.any) {
            self.granted = []
            self.others = CrossOriginGrant(to: .any, varies: false, maxAgeSeconds: maxAgeSeconds)
        } else {
            self.granted = origins.map { ($0, CrossOriginGrant(to: $0, varies: true, maxAgeSeconds: maxAgeSeconds)) }
            self.others = CrossOriginGrant(to: nil, varies: true, maxAgeSeconds: maxAgeSeconds)
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
    /// What a page may set; the global variables that it asks for come to that.
    private static let allowed =
        "Authorization, Content-Type, X-API-Key, X-Tenant-ID, X-Trace-ID, traceparent, Cache-Control"
    private static let globalVariablesMax = 64

    /// Each line begins with its line break.
    let answerLines: ByteBuffer
    private let preflightLines: ByteBuffer?
    private let preflightEnd: ByteBuffer

    init(to origin: WebOrigin?, varies: Bool, maxAgeSeconds: Int) {
        let vary = varies ? "\r\nVary: Origin" : ""
        guard let origin else {
            self.answerLines = ByteBuffer(string: vary)
            self.preflightLines = nil
            self.preflightEnd = ByteBuffer(string: vary)
            return
        }
        let allow = "\r\nAccess-Control-Allow-Origin: \(origin)"
        self.answerLines = ByteBuffer(string: "\(allow)\r\nAccess-Control-Expose-Headers: \(Self.exposed)\(vary)")
        self.preflightLines = ByteBuffer(string: "\(allow)\r\nAccess-Control-Allow-Headers: \(Self.allowed)")
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
            for name in Self.globalVariables(in: requested) {
                buffer.writeStaticString(", ")
                buffer.writeBytes(name)
            }
            buffer.writeStaticString("\r\nAccess-Control-Allow-Methods: ")
            buffer.writeString(methods)
        }
        buffer.writeImmutableBuffer(self.preflightEnd)
    }

    /// The names among the requested ones that are global variables, in a form that may stand in a header.
    private static func globalVariables(in requested: String) -> some Sequence<Substring.UTF8View> {
        requested.utf8.split(separator: UInt8(ascii: ",")).lazy.map(\.trimmingBlanks).filter { name in
            name.count > 22 && name.count <= 150 && name.startsIgnoringCase(with: "x-langflow-global-var-")
                && name.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        }.prefix(Self.globalVariablesMax)
    }
}
