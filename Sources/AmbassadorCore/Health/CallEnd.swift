import NIOCore

/// How a call to LangFlow ended, for the breakers that judge by it.
struct CallEnd: Sendable {
    /// `nil` where LangFlow answered.
    let error: FetchError?
    let startedAt: NIODeadline
    let endedAt: NIODeadline
    /// How long LangFlow took, without what its readers had it wait.
    let took: Duration
    /// Whether the call had the whole time of its flow, or nearly, and LangFlow was not busy with more calls than it can answer: if
    /// not, a timeout counts for no breaker.
    let hadItsTime: Bool
}

/// The leaves that a call has: its flow's and LangFlow's.
struct CallPermits: Sendable {
    let flow: CircuitBreaker.Permit
    let upstream: CircuitBreaker.Permit
}
