/// What a caller is told of a limit whatever its bucket holds.
package final class LimitPolicy: Sendable {
    package let name: String
    /// The value of `RateLimit-Policy`, such as `"per_tenant";q=100;w=1`.
    ///
    /// draft-ietf-httpapi-ratelimit-headers-10 §3: an item of a list of strings (RFC 9651) with quota and window. The quota is the
    /// burst, since `RateLimit` can say that so many are left, and the window the whole seconds in which as many come at the rate. The
    /// name holds nothing that a string would have to escape.
    package let headerValue: String

    init(_ limit: RateLimit) {
        self.name = limit.name
        let (count, period) = (limit.rate.count, limit.rate.periodSeconds)
        let windowSeconds = (limit.burst * period + count - 1) / count
        self.headerValue = "\"\(limit.name)\";q=\(limit.burst);w=\(windowSeconds)"
    }
}
