/// Where a request's subject stands with one limit: the one that would be the first to refuse.
package struct LimitState: Sendable {
    package let policy: LimitPolicy
    /// The requests that would be admitted at once, up to the quota of the policy.
    package let remaining: Int
    /// For a request that is admitted the whole seconds until the bucket is full, for one that is refused those until
    /// it is worth asking again; rounded up.
    package let resetSeconds: Int

    package init(policy: LimitPolicy, remaining: Int, resetSeconds: Int) {
        self.policy = policy
        self.remaining = remaining
        self.resetSeconds = resetSeconds
    }

    init(_ policy: LimitPolicy, _ level: BucketLevel) {
        self.init(
            policy: policy,
            remaining: level.remaining,
            resetSeconds: wholeSeconds(microseconds: level.resetMicroseconds)
        )
    }

    /// Writes the value of `RateLimit`, such as `"per_tenant";r=50;t=1`.
    ///
    /// draft-ietf-httpapi-ratelimit-headers-10 §4: what is left and the seconds that it is about.
    package func writeHeaderValue(into writer: inout ASCIIWriter) {
        writer.writeStaticString("\"")
        writer.writeString(self.policy.name)
        writer.writeStaticString("\";r=")
        writer.writeDecimal(max(0, self.remaining))
        writer.writeStaticString(";t=")
        writer.writeDecimal(max(0, self.resetSeconds))
    }

    /// No value is longer: the name with two of the longest numbers.
    package var headerValueBytesMax: Int { self.policy.name.utf8.count + 48 }

    /// The value of `RateLimit`; see ``writeHeaderValue(into:)``.
    package var headerValue: String {
        "\"\(self.policy.name)\";r=\(self.remaining);t=\(self.resetSeconds)"
    }

    /// Whether this one would refuse before another does.
    func isTighter(than other: LimitState) -> Bool {
        (self.remaining, -self.resetSeconds) < (other.remaining, -other.resetSeconds)
    }
}

/// The whole seconds of a number of microseconds, rounded up.
func wholeSeconds(microseconds: UInt64) -> Int {
    Int(clamping: microseconds / 1_000_000 + (microseconds % 1_000_000 == 0 ? 0 : 1))
}
