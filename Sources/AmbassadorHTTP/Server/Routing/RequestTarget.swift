package import AmbassadorCore

/// The reading of a request target (RFC 9112 §3.2): origin-form, or absolute-form of our own authority.
package struct RequestTarget: Sendable {
    package let endpoint: Endpoint
    /// What follows the `?`; `nil` without one, and where nothing follows: both are the same resource here.
    let query: [UInt8]?

    /// Finds the endpoint.
    ///
    /// - Parameters:
    ///   - target: The target as it was sent.
    ///   - host: The value of `Host`, which the authority of an absolute-form target must repeat, but for the scheme's own port.
    ///   - isEncrypted: Whether the connection is, so that an absolute-form target may say `https`.
    ///   - routes: Which routes there are.
    /// - Throws: `malformedRequest` for bytes that no target of ours has, `unknownRoute` for paths that are not listed.
    package init(
        _ target: some Collection<UInt8>,
        host: String?,
        isEncrypted: Bool = false,
        routes: ServedRoutes = .calls(RouteTable())
    ) throws(Refusal) {
        if case .calls = routes, target.elementsEqual("/run-flow".utf8) {
            // The usual target: nothing in it needs a second look.
            self.query = nil
            self.endpoint = .call(.runFlow)
            return
        }
        guard target.allSatisfy(Self.isAllowed) else {
            throw Refusal(.malformedRequest, "The request target has bytes that no route here has.")
        }
        let bytes = Array(target)
        let origin = try Self.originForm(bytes[...], host: host, isEncrypted: isEncrypted)
        let mark = origin.firstIndex(of: UInt8(ascii: "?"))
        let path = origin[..<(mark ?? origin.endIndex)]
        let query = mark.map { Array(origin[($0 + 1)...]) }
        self.query = query?.isEmpty == true ? nil : query
        try Self.checkSegments(of: path)
        switch routes {
        case .calls(let table): self.endpoint = try table.endpoint(of: path)
        case .own:
            self.endpoint = .own(
                path: String(decoding: path, as: UTF8.self),
                query: self.query.map { String(decoding: $0, as: UTF8.self) }
            )
        }
    }

    /// Checks the query, which is a matter of the endpoint.
    ///
    /// - Returns: Whether the caller asked for a stream.
    package func wantsStream() throws(Refusal) -> Bool {
        guard let query = self.query else { return false }
        guard case .call(.langFlowRun) = self.endpoint else {
            throw Refusal(.malformedRequest, "This route takes no query parameters.")
        }
        let prefix = Array("stream=".utf8)
        guard query.starts(with: prefix), !query.contains(UInt8(ascii: "&")) else {
            throw Refusal(.malformedRequest, "This route takes one query parameter only, 'stream', once.")
        }
        // The spellings that LangFlow takes as a truth value.
        switch String(decoding: query.dropFirst(prefix.count), as: UTF8.self).lowercased() {
        case "true", "1", "yes", "on", "t", "y": return true
        case "false", "0", "no", "off", "f", "n": return false
        default: throw Refusal(.malformedRequest, "The query parameter 'stream' must be 'true' or 'false'.")
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: ";"), UInt8(ascii: "#"): false
        default: (0x21...0x7E).contains(byte)
        }
    }

    private static func originForm(
        _ target: ArraySlice<UInt8>,
        host: String?,
        isEncrypted: Bool
    ) throws(Refusal) -> ArraySlice<UInt8> {
        if target.first == UInt8(ascii: "/") { return target }
        let isHTTP = target.startsIgnoringCase(with: "http://")
        guard let host, isHTTP || isEncrypted && target.startsIgnoringCase(with: "https://") else {
            throw Refusal(.malformedRequest, "The request target must be a path.")
        }
        let (scheme, port): (StaticString, StaticString) = isHTTP ? ("http://", "80") : ("https://", "443")
        let rest = target.dropFirst(scheme.utf8CodeUnitCount)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), Authority.isValid(rest[..<slash]),
            Authority.withoutUsualPort(rest[..<slash], port).elementsEqual(
                Authority.withoutUsualPort(host.utf8, port),
                by: { $0.asciiLowercase == $1.asciiLowercase }
            )
        else { throw Refusal(.malformedRequest, "The request target names another host than the Host header.") }
        return rest[slash...]
    }

    private static func checkSegments(of path: ArraySlice<UInt8>) throws(Refusal) {
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (position, segment) in segments.enumerated() {
            // An empty segment is a doubled slash, but for the last one, which is a path's trailing slash.
            let isEmptyWithin = segment.isEmpty && position < segments.count - 1
            guard !isEmptyWithin, segment != [UInt8(ascii: ".")], segment != [UInt8(ascii: "."), UInt8(ascii: ".")]
            else { throw Refusal(.malformedRequest, "The request target has an empty or a dot segment.") }
        }
    }
}
