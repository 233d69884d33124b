import HTTPTypes
import Hummingbird

/// Refuses what a web page in an operator's browser could send: a foreign `Host` (DNS rebinding) or any `Origin`.
struct LocalRequestsOnly<Context: RequestContext>: RouterMiddleware {
    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.headers[.origin] == nil, Self.isLocal(request.head.authority) else {
            throw HTTPError(
                .forbidden,
                message: "The admin plane answers local requests only, not those of a web page."
            )
        }
        return try await next(request, context)
    }

    /// Whether an authority names this machine: `localhost`, a loopback address, or nothing, as over a unix socket.
    static func isLocal(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return true }
        var host = authority[...]
        if let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber),
            !host.hasSuffix("]")
        {
            host = host[..<colon]
        }
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
