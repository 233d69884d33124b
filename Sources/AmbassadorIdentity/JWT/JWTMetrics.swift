package import AmbassadorCore

/// The instruments of token checks; whoever has a registry gives them its counters.
package struct JWTMetrics: Sendable {
    /// Tokens that were accepted from memory.
    package let cacheHits: Counter
    /// Tokens that were accepted after their signature was checked.
    package let verified: Counter
    /// Tokens that were rejected, whatever for.
    package let rejected: Counter
    /// Reads of key sets that were begun, from files and servers.
    package let keyReads: Counter
    /// Reads of key sets that failed or brought nothing of use.
    package let keyReadFailures: Counter

    package init(
        cacheHits: Counter = Counter(),
        verified: Counter = Counter(),
        rejected: Counter = Counter(),
        keyReads: Counter = Counter(),
        keyReadFailures: Counter = Counter()
    ) {
        self.cacheHits = cacheHits
        self.verified = verified
        self.rejected = rejected
        self.keyReads = keyReads
        self.keyReadFailures = keyReadFailures
    }
}
