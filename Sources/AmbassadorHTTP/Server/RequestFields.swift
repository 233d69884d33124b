package import AmbassadorCore

/// What the header fields of a request say, read in one pass.
///
/// Names are compared without case. Fields that are not listed here are dropped: nothing passes them on.
package struct RequestFields: Sendable {
    /// How the body is delimited.
    package enum Body: Sendable, Hashable {
        case length(Int)
        case chunked
    }

    package private(set) var body = Body.length(0)
    package private(set) var host: String?
    package private(set) var traceID: TraceID
    package private(set) var tenant: String?
    package private(set) var session: String?
    package private(set) var globalVariables: [GlobalVariable] = []
    package var wantsText: Bool { self.acceptedTypes.prefersText }
    package private(set) var keepsAlive: Bool
    package private(set) var expectsContinue = false
    package private(set) var unknownExpectation: String?
    /// What a page's preflight asks to set; empty where it asks for nothing.
    package private(set) var requestedHeaders = ""

    private var acceptedTypes = AcceptedTypes()
    private var origins = 0
    private var lastOrigin: String?
    private var contentLength: Int?
    private var transferEncodings = 0
    private var contentType: String?
    private var hasContentEncoding = false
    private var authorization: String?
    private var apiKey: String?
    private var traceparents = 0
    private var parent: TraceParent?
    private var traceStates: [String] = []
    private var ownTraces = 0
    private var ownTrace: TraceID?
    private var cacheControl: [String] = []
    private var pragma: [String] = []

    /// Reads and checks the fields that frame the message or change its answer.
    ///
    /// - Throws: `malformedRequest` for repeated, contradicting or unreadable ones.
    package init(
        _ fields: some Sequence<(name: String, value: String)>,
        minorVersion: Int
    ) throws(Refusal) {
        self.keepsAlive = minorVersion == 1
        // Replaced where the caller names one; made here once, since every refusal has one too.
        self.traceID = .random()
        for (name, value) in fields {
            try self.read(name: name.utf8, value: Self.trimmed(value))
        }
        try self.finish(minorVersion: minorVersion)
    }

    private mutating func finish(minorVersion: Int) throws(Refusal) {
        if self.transferEncodings > 0 {
            // RFC 9112 §6.1: with HTTP/1.0 or beside Content-Length it is how requests are smuggled.
            guard minorVersion == 1, self.transferEncodings == 1, self.contentLength == nil else {
                throw Refusal(.malformedRequest, "The Transfer-Encoding cannot stand here.")
            }
            self.body = .chunked
        } else if let contentLength = self.contentLength {
            self.body = .length(contentLength)
        }
        guard self.host != nil || minorVersion == 0 else {
            throw Refusal(.malformedRequest, "The Host header is missing.")
        }
        // RFC 9110 §10.1.1: an HTTP/1.0 caller's 100-continue is ignored.
        if minorVersion == 0 { self.expectsContinue = false }
        if let trace = self.callerTraceID { self.traceID = trace }
    }

    /// The id that the caller gave its request; a repeated one is nobody's.
    package var callerTraceID: TraceID? {
        if self.traceparents == 1, let parent = self.parent { return parent.trace }
        return self.ownTraces == 1 ? self.ownTrace : nil
    }

    /// What the caller's trace hands on; `nil` where the request is not part of one.
    package var traceContext: TraceContext? {
        guard self.traceparents == 1, let parent = self.parent else { return nil }
        return TraceContext(flags: parent.flags, state: self.traceStates.map { $0.utf8 })
    }

    /// What the caller asks of the cache; `nil` where it asks nothing.
    package var directives: CacheDirectives? {
        guard !self.cacheControl.isEmpty || !self.pragma.isEmpty else { return nil }
        return CacheDirectives(cacheControl: self.cacheControl, pragma: self.pragma)
    }

    /// Where the page comes from that calls, if it is one; a repeated one is nobody's.
    package var origin: String? { self.origins == 1 ? self.lastOrigin : nil }

    /// Whether a page sends the request.
    package var hasOrigin: Bool { self.origins > 0 }

    /// What the caller shows to say who it is.
    package var credential: Credential {
        Credential(
            apiKeys: self.apiKey.map { [$0] } ?? [],
            authorizations: self.authorization.map { [$0] } ?? []
        )
    }

    /// Checks that the body is JSON as it stands.
    package func checkContent() throws(Refusal) {
        guard !self.hasContentEncoding else {
            throw Refusal(.unsupportedMediaType, "A request body must not have a content coding.")
        }
        guard let contentType = self.contentType, MediaType.isJSON(contentType.utf8) else {
            throw Refusal(.unsupportedMediaType, "The request body must be application/json in UTF-8.")
        }
    }

    /// Why the body is not JSON as it stands; `nil` where it is.
    package var contentFault: Refusal? {
        do throws(Refusal) {
            try self.checkContent()
            return nil
        } catch {
            return error
        }
    }

    /// The names by length first: most fields of most requests are told apart without a look at their bytes.
    private mutating func read(name: String.UTF8View, value: String) throws(Refusal) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            try self.readHost(value)
        case 6 where name.equalsIgnoringCase("accept"):
            self.acceptedTypes.add(try Self.visible(value, "Accept").utf8)
        case 6 where name.equalsIgnoringCase("pragma"):
            self.pragma.append(value)
        case 6 where name.equalsIgnoringCase("expect"):
            self.readExpect(try Self.visible(value, "Expect"))
        case 6 where name.equalsIgnoringCase("origin"):
            self.origins += 1
            self.lastOrigin = value
        case 9 where name.equalsIgnoringCase("x-api-key"):
            guard self.apiKey == nil else { throw Self.repeated("X-API-Key") }
            self.apiKey = try Self.visible(value, "X-API-Key")
        case 10 where name.equalsIgnoringCase("connection"):
            try self.readConnection(value)
        case 10 where name.equalsIgnoringCase("x-trace-id"):
            self.ownTraces += 1
            self.ownTrace = TraceID(hex: value.utf8)
        case 11 where name.equalsIgnoringCase("traceparent"):
            self.traceparents += 1
            self.parent = TraceParent(value.utf8)
        case 10 where name.equalsIgnoringCase("tracestate"):
            self.traceStates.append(value)
        case 11 where name.equalsIgnoringCase("x-tenant-id"):
            guard self.tenant == nil else { throw Self.repeated("X-Tenant-ID") }
            self.tenant = try Self.visible(value, "X-Tenant-ID")
        case 12 where name.equalsIgnoringCase("x-session-id"):
            guard self.session == nil else { throw Self.repeated("X-Session-ID") }
            self.session = try Self.visible(value, "X-Session-ID")
        case 12 where name.equalsIgnoringCase("content-type"):
            guard self.contentType == nil else { throw Self.repeated("Content-Type") }
            self.contentType = try Self.visible(value, "Content-Type")
        case 13 where name.equalsIgnoringCase("cache-control"):
            self.cacheControl.append(value)
        case 13 where name.equalsIgnoringCase("authorization"):
            guard self.authorization == nil else { throw Self.repeated("Authorization") }
            self.authorization = try Self.visible(value, "Authorization")
        case 14 where name.equalsIgnoringCase("content-length"):
            try self.readContentLength(value.utf8)
        case 16 where name.equalsIgnoringCase("content-encoding"):
            self.hasContentEncoding = true
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            guard value.utf8.equalsIgnoringCase("chunked") else {
                throw Refusal(.malformedRequest, "The only transfer coding taken is 'chunked'.")
            }
            self.transferEncodings += 1
        case 22... where name.startsIgnoringCase(with: "x-langflow-global-var-"):
            try self.readGlobalVariable(name.dropFirst(22), value: value)
        case 30 where name.equalsIgnoringCase("access-control-request-headers"):
            self.requestedHeaders = value
        default: break
        }
    }

    private mutating func readHost(_ value: String) throws(Refusal) {
        guard self.host == nil else { throw Self.repeated("Host") }
        guard Authority.isValid(value.utf8) else {
            throw Refusal(.malformedRequest, "The Host header is not a host with an optional port.")
        }
        self.host = value
    }

    private mutating func readExpect(_ value: String) {
        if value.utf8.equalsIgnoringCase("100-continue") {
            self.expectsContinue = true
        } else {
            self.unknownExpectation = String(value.prefix(64))
        }
    }

    /// Names in `Connection` are removed by a proxy; to have a field removed that frames the message or says who calls is an attack.
    private mutating func readConnection(_ value: String) throws(Refusal) {
        for token in value.utf8.split(separator: UInt8(ascii: ",")) {
            let name = token.trimmingBlanks
            if name.equalsIgnoringCase("close") {
                self.keepsAlive = false
                self.saysClose = true
            } else if name.equalsIgnoringCase("keep-alive") {
                self.keepsAlive = !self.saysClose
            } else if Self.isProtected(name) {
                throw Refusal(.malformedRequest, "The Connection header names a field that must not be removed.")
            }
        }
    }

    private var saysClose = false

    private static func isProtected(_ name: some Collection<UInt8>) -> Bool {
        let names: [StaticString] = [
            "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "authorization",
            "cookie",
            "expect", "x-api-key", "traceparent", "x-trace-id", "x-session-id", "accept", "cache-control",
        ]
        return names.contains { name.equalsIgnoringCase($0) } || name.startsIgnoringCase(with: "x-tenant")
            || name.startsIgnoringCase(with: "x-langflow-global-var-")
    }

    /// Decimal digits (RFC 9110 §8.6), zeros before them included: the length in LangFlow's request is the ambassador's own.
    private mutating func readContentLength(_ value: String.UTF8View) throws(Refusal) {
        guard self.contentLength == nil else { throw Self.repeated("Content-Length") }
        guard !value.isEmpty, value.allSatisfy(\.isASCIIDigit) else {
            throw Refusal(.malformedRequest, "The Content-Length is not a length.")
        }
        var length = 0
        for digit in value {
            let (shifted, overflows) = length.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = shifted.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !overflows, !overflowsToo else {
                throw Refusal(.malformedRequest, "The Content-Length is not a length.")
            }
            length = sum
        }
        self.contentLength = length
    }

    private mutating func readGlobalVariable(_ name: some Collection<UInt8>, value: String) throws(Refusal) {
        guard (1...128).contains(name.count),
            name.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else { throw Refusal(.malformedRequest, "A global variable's name is none: it has 1 to 128 of A-Z 0-9 _ -.") }
        let name = String(decoding: name, as: UTF8.self).uppercased()
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Refusal(.malformedRequest, "A global variable's value has other bytes than visible ASCII.")
        }
        guard !self.globalVariables.contains(where: { $0.name == name }) else {
            throw Self.repeated("X-LANGFLOW-GLOBAL-VAR-\(name)")
        }
        self.globalVariables.append(GlobalVariable(name: name, value: value))
    }

    /// A value without the blanks behind it, which are no part of it (RFC 9112 §5.1); the parser takes off those before it.
    private static func trimmed(_ value: String) -> String {
        guard let last = value.utf8.last, last == 0x20 || last == 0x09 else { return value }
        return String(Substring(value.utf8.trimmingBlanks))
    }

    private static func visible(_ value: String, _ field: StaticString) throws(Refusal) -> String {
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            throw Refusal(.malformedRequest, "The \(field) header has bytes that are not visible ASCII.")
        }
        return value
    }

    private static func repeated(_ field: String) -> Refusal {
        Refusal(.malformedRequest, "The \(field) header is repeated.")
    }
}
