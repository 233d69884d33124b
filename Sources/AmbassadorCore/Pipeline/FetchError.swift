/// Why a fetch brought no answer that may be passed on.
package enum FetchError: Error, Sendable, Equatable {
    case breakerOpen
    /// Too many calls are under way and too many wait.
    case overloaded
    /// A limit on calls is reached; its name.
    case limited(String, retryAfterSeconds: Int)
    case budgetExhausted(BudgetKind, retryAfterSeconds: Int)
    /// The caller's time ran out while it waited for a free call.
    case queuedTooLong
    /// An earlier answer with this status, 429 or 503, said that no call is wanted yet.
    case held(status: Int, retryAfterSeconds: Int)
    case unreachable(UpstreamCause)
    /// No file descriptor, port or memory of this host's was left for the call.
    case noResources
    case connectionLost(UpstreamCause)
    case timeout
    /// LangFlow's answer is not one that LangFlow gives.
    case invalid(UpstreamCause)
    /// LangFlow refused the ambassador's own key.
    case credentialRefused
    /// A 4xx that is not LangFlow's.
    case gateway(GatewayAnswer)
    /// LangFlow's 5xx with its message, scrubbed, and how long it asks to wait.
    case status(Int, message: String?, retryAfterSeconds: Int? = nil)
    case cancelled
    /// Everybody had left before anything was sent.
    case notBegun

    init(_ error: UpstreamError) {
        self =
            switch error {
            case .unreachable(let cause): .unreachable(cause)
            case .noResources: .noResources
            case .connectionLost(let cause): .connectionLost(cause)
            case .timeout: .timeout
            case .invalid(let cause): .invalid(cause)
            case .cancelled: .cancelled
            case .cancelledUnsent: .notBegun
            }
    }

    /// Whether nothing of a call that was tried has reached LangFlow.
    var wasNotSent: Bool {
        switch self {
        case .unreachable, .noResources, .notBegun: true
        default: false
        }
    }

    /// What a call is billed that LangFlow did not answer though it had it: its flow was run, and paid for, for all that is known.
    ///
    /// `nil` for what LangFlow answered, a failure, and for what it never got.
    var billedUsage: Usage? {
        switch self {
        case .timeout, .cancelled, .connectionLost: .unknown
        default: nil
        }
    }

    /// What went wrong with the call, for operators; `nil` where none was made, or where its caller gave it up.
    var cause: UpstreamCause? {
        switch self {
        case .unreachable(let cause), .connectionLost(let cause), .invalid(let cause): cause
        case .noResources: UpstreamCause(.resources)
        case .timeout: UpstreamCause(.timeout)
        case .credentialRefused: UpstreamCause(.credential)
        case .gateway(let answer): answer.cause
        case .status(let status, _, _): UpstreamCause(.status(status))
        case .held: UpstreamCause(.limited)
        case .breakerOpen, .overloaded, .limited, .budgetExhausted, .queuedTooLong, .cancelled, .notBegun: nil
        }
    }
}

/// A ``FetchError`` and what the attempt cost.
package struct FetchFailure: Error, Sendable {
    let error: FetchError
    /// How long LangFlow was waited for; `nil` where it was not called.
    let microseconds: Int64?

    init(_ error: FetchError, microseconds: Int64? = nil) {
        self.error = error
        self.microseconds = microseconds
    }

    /// Whether the call was tried at all.
    var wasCalled: Bool {
        switch self.error {
        case .breakerOpen, .overloaded, .limited, .budgetExhausted, .queuedTooLong, .held, .noResources, .notBegun:
            false
        default: true
        }
    }

    /// Whether it says nothing of what another caller of the same call would get, who has this share of its time left.
    func isLeadersOwn(timeLeft share: Double) -> Bool {
        switch self.error {
        case .limited, .budgetExhausted: true
        case .timeout, .queuedTooLong: share >= 0.25
        default: false
        }
    }

    /// Whether LangFlow was not called because the operator limits such calls, rather than for its own failures.
    var isOurRefusal: Bool {
        switch self.error {
        case .limited, .budgetExhausted: true
        default: false
        }
    }
}
