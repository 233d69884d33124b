/// What a request's `Cache-Control` asks of the cache (RFC 9111 §5.2.1, RFC 5861 §4).
///
/// Seconds are not negative and at most ``secondsMax``.
package struct CacheDirectives: Sendable, Hashable {
    /// The most that is believed: what RFC 9111 §1.2.2 makes of every greater number.
    package static let secondsMax = 2_147_483_648

    /// What is stored is taken only where LangFlow does not answer.
    package var noCache = false
    /// The answer must not be stored.
    package var noStore = false
    /// LangFlow must not be called.
    package var onlyIfCached = false
    /// The oldest answer that is taken; `nil` means that age does not matter.
    package var maxAgeSeconds: Int?
    /// How long an answer must stay fresh.
    package var minFreshSeconds: Int?
    /// For how long an answer that is stale is still taken; `nil` means not at all.
    package var maxStaleSeconds: Int?
    /// How stale an answer may be that is taken where LangFlow does not answer; `nil` means what the flow says.
    package var staleIfErrorSeconds: Int?

    package init() {}

    /// Whether LangFlow may have to be called although the flow's settings would let a stored answer do.
    var forcesCalls: Bool {
        self.noCache || self.noStore || self.maxAgeSeconds != nil || self.minFreshSeconds != nil
    }

    /// What is left for a caller who may not have a flow answered anew while an answer is stored.
    ///
    /// `no-store` stays: such a caller is served from the caches like everybody, but what LangFlow answers it is not kept.
    var withoutRefreshing: CacheDirectives {
        var rest = self
        rest.noCache = false
        rest.maxAgeSeconds = nil
        rest.minFreshSeconds = nil
        return rest
    }
}
