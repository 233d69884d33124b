/// What the head of a call says, checked: everything that decides about it but the body.
///
/// Immutable and shared by reference: a caller repeats its head, and heads that differ in no more than the request's own trace id and
/// the length of its body are then the same object.
package final class CallHead: Sendable {
    package let route: Route
    /// The value of `X-Tenant-ID`, not yet checked; `nil` where the header is absent.
    package let tenantHeader: String?
    /// The value of `X-Session-ID`, which names the session on OpenAI's calls; `nil` where the header is absent or empty.
    package let sessionHeader: String?
    /// Whether the caller asked for the answer's text alone (`Accept: text/plain`).
    package let wantsText: Bool
    /// Whether the target's query asks for a stream (`?stream=true`).
    package let wantsStream: Bool
    /// The values of the caller's `X-LANGFLOW-GLOBAL-VAR-*` headers by upper-case variable name.
    package let globalVariables: [GlobalVariable]
    /// What the caller asks of the cache; `nil` where it asks nothing.
    package let directives: CacheDirectives?
    /// What the caller shows to say who it is.
    package let credential: Credential

    package init(
        route: Route,
        tenantHeader: String? = nil,
        sessionHeader: String? = nil,
        wantsText: Bool = false,
        wantsStream: Bool = false,
        globalVariables: [GlobalVariable] = [],
        directives: CacheDirectives? = nil,
        credential: Credential = .none
    ) {
        self.route = route
        self.tenantHeader = tenantHeader
        self.sessionHeader = sessionHeader
        self.wantsText = wantsText
        self.wantsStream = wantsStream
        self.globalVariables = globalVariables
        self.directives = directives
        self.credential = credential
    }
}
