package import AmbassadorCore
package import NIOCore

/// A request's head, checked: everything of it that is used further on, and nothing of how it was framed.
package struct RequestHead: Sendable {
    package var method: String
    package var endpoint: Endpoint
    /// Whether the target's query asks for a stream.
    package var wantsStream: Bool
    /// Whether it is only asked what the route takes, as a browser does before a page's call.
    package var isPreflight: Bool
    /// Which part of the list of flows is asked for.
    package var flowPage = FlowListRequest.Page()
    package var fields: RequestFields
    /// Whether the answer is sent without its body.
    package var isHEAD: Bool
    /// What the answer says of who may read it; `nil` where no page may call.
    package var crossOrigin: CrossOriginGrant?

    /// Checks a head that a parser found well formed.
    ///
    /// - Parameters:
    ///   - method: The method as it was sent.
    ///   - target: The target as it was sent.
    ///   - minorVersion: The `x` of HTTP/1.x.
    ///   - fields: The header fields in their order.
    ///   - limits: The longest target and the longest body.
    ///   - clientAddress: Where the request came from, for the record of a refusal.
    ///   - receivedAt: When its first byte was read, likewise.
    /// - Returns: What the head asks for, or why it is turned away.
    package static func check(
        method: String,
        target: String,
        minorVersion: Int,
        fields: some Sequence<(name: String, value: String)>,
        limits: HTTPServerConfiguration,
        clientAddress: String?,
        receivedAt: NIODeadline
    ) -> Result<RequestHead, RefusedRequest> {
        var refused = RefusedRequest(isHEAD: method == "HEAD", clientAddress: clientAddress, receivedAt: receivedAt)
        do throws(Refusal) {
            guard minorVersion == 0 || minorVersion == 1 else {
                throw Refusal(.httpVersion, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
            }
            let fields = try RequestFields(fields, minorVersion: minorVersion)
            refused.head.traceID = fields.traceID
            refused.crossOrigin = limits.crossOrigin?.grant(to: fields.origin)
            // From here on the framing is known to be sound, so that the connection may outlive a refusal.
            refused.body = fields.body
            // What follows a CONNECT is meant for a tunnel, not for us.
            refused.keepsAlive =
                fields.keepsAlive && !fields.expectsContinue && fields.unknownExpectation == nil && method != "CONNECT"
            refused.minorVersion = minorVersion
            guard target.utf8.count <= limits.targetBytesMax else {
                throw Refusal(.targetTooLong, "The request target is over \(limits.targetBytesMax) bytes.")
            }
            let (endpoint, wantsStream, flowPage) = try Self.endpoint(
                method: method,
                target: target,
                fields: fields,
                limits: limits,
                refused: &refused
            )
            return .success(
                RequestHead(
                    method: method,
                    endpoint: endpoint,
                    wantsStream: wantsStream,
                    isPreflight: method == "OPTIONS" && limits.crossOrigin != nil,
                    flowPage: flowPage,
                    fields: fields,
                    isHEAD: method == "HEAD",
                    crossOrigin: refused.crossOrigin
                )
            )
        } catch {
            refused.refusal = error
            return .failure(refused)
        }
    }

    private static func endpoint(
        method: String,
        target: String,
        fields: RequestFields,
        limits: HTTPServerConfiguration,
        refused: inout RefusedRequest
    ) throws(Refusal) -> (Endpoint, wantsStream: Bool, FlowListRequest.Page) {
        let target = try RequestTarget(
            target.utf8,
            host: fields.host,
            isEncrypted: limits.tls != nil,
            routes: limits.routes
        )
        let found = target.endpoint
        if let hosts = limits.hosts, !hosts.contains(fields.host) {
            // Nothing is lost by a probe that a page may send; balancers have names of their own for what they probe.
            guard case .probe = found else { throw hosts.refusal }
        }
        let endpoint = try limits.served(found)
        if case .call(let route) = endpoint {
            refused.head.errorForm = route.errorForm
            refused.head.route = route.name
            if case .langFlowRun(let flow) = route { refused.head.flow = flow }
        }
        if case .own = endpoint, method == "CONNECT" {
            throw Refusal(.notImplemented, "No tunnels are made here.")
        }
        let isPreflight = method == "OPTIONS" && limits.crossOrigin != nil
        guard endpoint.takes(method) || isPreflight else {
            refused.head.allowedMethods = endpoint.allowedMethods + (limits.crossOrigin == nil ? "" : ", OPTIONS")
            throw Refusal(.methodNotAllowed, "This route takes \(endpoint.allowedMethods) only.")
        }
        var (wantsStream, flowPage) = (false, FlowListRequest.Page())
        switch endpoint {
        case .own: break
        case .flows: flowPage = try target.flowPage()
        case .call, .probe: wantsStream = try target.wantsStream()
        }
        if let expectation = fields.unknownExpectation {
            throw Refusal(.expectationFailed, "The expectation '\(expectation)' cannot be met.")
        }
        if case .call = endpoint, !isPreflight { try fields.checkContent() }
        if case .length(let length) = fields.body, length > limits.bodyBytesMax {
            throw Refusal(.bodyTooLarge, "The request body is over \(limits.bodyBytesMax) bytes.")
        }
        return (endpoint, wantsStream, flowPage)
    }
}

/// A request that is turned away, and what becomes of its connection.
package struct RefusedRequest: Error, Sendable {
    package var refusal = Refusal(.malformedRequest, "The request is malformed.")
    package var head: RefusedHead
    package var body = RequestFields.Body.length(0)
    /// Whether the caller would go on with the connection and its next request can be found.
    package var keepsAlive = false
    package var minorVersion = 1
    package var isHEAD: Bool
    /// As ``RequestHead/crossOrigin``.
    package var crossOrigin: CrossOriginGrant?

    package init(isHEAD: Bool, clientAddress: String?, receivedAt: NIODeadline) {
        self.isHEAD = isHEAD
        self.head = RefusedHead(
            traceID: .random(),
            route: .none,
            clientAddress: clientAddress,
            receivedAt: receivedAt
        )
    }

    /// Whether the caller is told to close: after 400, 408, 413, 414, 431 and 505, and where the next request cannot be found.
    package var closes: Bool {
        switch self.refusal.kind {
        case .malformedRequest, .clientTimeout, .bodyTooLarge, .targetTooLong, .headerTooLarge, .httpVersion:
            return true
        default: break
        }
        return !self.keepsAlive
    }
}
