/// What a caller is told of a limit whatever its bucket holds.
package final class LimitPolicy: Sendable {
    package let name: String
    /// The requests in a window.
    package let quota: Int
    package let windowSeconds: Int
    /// The value of `RateLimit-Policy`, such as `"per_tenant";q=100;w=1`.
    ///
    /// draft-ietf-httpapi-ratelimit-headers-10 §3: an item of a list of strings (RFC 9651) with quota and window. The
    /// name holds nothing that a string would have to escape.
    package let headerValue: String

    init(_ limit: RateLimit) {
        self.name = limit.name
        self.quota = limit.rate.count
        self.windowSeconds = limit.rate.periodSeconds
        self.headerValue = "\"\(limit.name)\";q=\(limit.rate.count);w=\(limit.rate.periodSeconds)"
    }
}
