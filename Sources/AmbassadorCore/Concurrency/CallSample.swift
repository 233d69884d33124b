/// How long a call took, where that says something of how busy LangFlow is.
struct CallSample: Sendable, Hashable {
    let took: Duration
    /// Whether it was given up for its time.
    let isTimeout: Bool

    init(took: Duration, isTimeout: Bool) {
        self.took = took
        self.isTimeout = isTimeout
    }

    /// - Returns: `nil` for a failure that may have come at once, or for a call that its caller gave up.
    init?(took: Duration, endingIn error: FetchError?) {
        switch error {
        case nil: self.init(took: took, isTimeout: false)
        case .timeout: self.init(took: took, isTimeout: true)
        default: return nil
        }
    }
}
