/// Where in a request's life a limit is asked; each limit is asked at one of the two.
package enum LimitStage: String, Sendable, CaseIterable {
    /// Before anything is looked up: every request counts, hits included.
    case request
    /// Before a call to LangFlow: hits are free.
    case upstreamCall = "upstream_call"
}
