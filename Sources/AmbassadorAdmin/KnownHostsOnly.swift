import Hummingbird

/// Refuses what a web page in an operator's browser could send: a foreign `Host` (DNS rebinding) or any `Origin`.
struct KnownHostsOnly<Context: RequestContext>: RouterMiddleware {
    /// The hosts beside this machine's own names, in lower case and without ports; IPv6 addresses without brackets.
    private let hosts: Set<String>

    /// - Parameter hosts: by which names operators reach the admin plane from elsewhere.
    init(_ hosts: some Sequence<String>) {
        self.hosts = Set(hosts.map { $0.lowercased() })
    }

    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.headers[.origin] == nil, self.isKnown(request.head.authority) else {
            throw HTTPError(
                .forbidden,
                message: "The admin plane answers under its own names only, and no web page."
            )
        }
        return try await next(request, context)
    }

    /// Whether an authority names this machine: `localhost`, a loopback address, one of the hosts, or nothing, as over a socket.
    func isKnown(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return true }
        let host = Self.host(of: authority.lowercased())
        if host == "localhost" || host == "::1" || self.hosts.contains(host) { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    /// The authority without its port and brackets.
    private static func host(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let rest = authority[authority.index(after: end)...]
            // Behind the bracket there may be a port and nothing else.
            guard rest.isEmpty || rest.first == ":" && Self.isPort(rest.dropFirst()) else { return authority }
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        guard let colon = authority.lastIndex(of: ":"), Self.isPort(authority[authority.index(after: colon)...]) else {
            return authority
        }
        return String(authority[..<colon])
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
