package import NIOCore

/// What the cache did for a request; the value of `Cache-Status` (RFC 9211).
///
/// The key is never shown.
package enum CacheStatus: Sendable, Hashable {
    /// Served from a cache; `ttl` is the seconds of freshness left, negative once stale.
    case hit(ttl: Int, OutcomeDetail)
    /// An operator's own answer was served; it is always fresh.
    case pinned
    /// LangFlow answered for this request.
    case miss(stored: Bool)
    /// LangFlow answered for an identical request that was under way.
    case collapsed(stored: Bool)
    /// LangFlow answered although an answer is stored: that was stale, or the request does not take it.
    case refetched(Reason, stored: Bool, isCollapsed: Bool)
    /// Nothing that is stored may be served, and the request does not let LangFlow be called.
    case onlyIfCached
    /// The request was turned away before a cache was looked into.
    case refused
    /// The request went past the cache.
    case bypass(OutcomeDetail)
    /// A stale entry was served without asking LangFlow: its breaker is open.
    case degradedWithoutCall(ttl: Int)
    /// LangFlow was asked, did not answer, and a stale entry was served; the status is what the caller would have got.
    case degradedAfterCall(status: Int)
    /// LangFlow did not answer and the flow's fallback was served.
    case fallback(status: Int)
    /// Another ambassador before LangFlow gave what it could.
    case passedOn(Response.Degradation)

    /// Why what is stored was not enough; the value of `fwd`.
    package enum Reason: String, Sendable {
        case stale
        case request
    }

    /// No value is longer: the longest words with the longest number.
    package static let bytesMax = 96

    /// Appends the header's value.
    package func write(into buffer: inout ByteBuffer) {
        buffer.writeASCII(atMost: Self.bytesMax) { self.write(into: &$0) }
    }

    /// Appends the header's value.
    package func write(into buffer: inout ASCIIWriter) {
        buffer.writeStaticString("ambassador; ")
        switch self {
        case .hit(let ttl, let detail):
            buffer.writeStaticString("hit; ttl=")
            buffer.writeDecimal(ttl)
            buffer.writeStaticString("; detail=")
            buffer.writeString(detail.rawValue)
        case .pinned:
            buffer.writeStaticString("hit; detail=pinned")
        case .miss(let stored):
            buffer.writeStaticString(stored ? "fwd=miss; stored" : "fwd=miss")
        case .collapsed(let stored):
            buffer.writeStaticString(stored ? "fwd=miss; stored; collapsed" : "fwd=miss; collapsed")
        case .refetched(let reason, let stored, let isCollapsed):
            buffer.writeStaticString("fwd=")
            buffer.writeString(reason.rawValue)
            if stored { buffer.writeStaticString("; stored") }
            if isCollapsed { buffer.writeStaticString("; collapsed") }
        case .onlyIfCached:
            buffer.writeStaticString("detail=only-if-cached")
        case .refused:
            buffer.writeStaticString("detail=refused")
        case .bypass(let reason):
            buffer.writeStaticString("fwd=bypass; detail=")
            buffer.writeString(reason.rawValue)
        case .degradedWithoutCall(let ttl):
            buffer.writeStaticString("hit; ttl=")
            buffer.writeDecimal(ttl)
            buffer.writeStaticString("; detail=degraded")
        case .degradedAfterCall(let status):
            buffer.writeStaticString("fwd=stale; fwd-status=")
            buffer.writeDecimal(status)
            buffer.writeStaticString("; detail=degraded")
        case .fallback(let status):
            buffer.writeStaticString("fwd=miss; fwd-status=")
            buffer.writeDecimal(status)
            buffer.writeStaticString("; detail=fallback")
        case .passedOn(.stale): buffer.writeStaticString("fwd=miss; fwd-status=200; detail=degraded")
        case .passedOn(.fallback): buffer.writeStaticString("fwd=miss; fwd-status=200; detail=fallback")
        }
    }
}
