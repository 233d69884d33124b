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
    case unreachable
    /// No file descriptor, port or memory of this host's was left for the call.
    case noResources
    case connectionLost
    case timeout
    /// LangFlow's answer is not one that LangFlow gives; the reason names no host.
    case invalid(String)
    /// LangFlow refused the ambassador's own key.
    case credentialRefused
    /// LangFlow's 5xx with its message, scrubbed.
    case status(Int, message: String?)
    case cancelled

    init(_ error: UpstreamError) {
        self =
            switch error {
            case .unreachable: .unreachable
            case .noResources: .noResources
            case .connectionLost: .connectionLost
            case .timeout: .timeout
            case .invalid(let reason): .invalid(reason)
            case .cancelled: .cancelled
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
        case .breakerOpen, .overloaded, .limited, .budgetExhausted, .queuedTooLong, .noResources: false
        default: true
        }
    }

    /// Whether LangFlow was not called because the operator limits such calls, rather than for its own failures.
    var isOurRefusal: Bool {
        switch self.error {
        case .limited, .budgetExhausted: true
        default: false
        }
    }

    /// What the caller is told where nothing degraded may be served.
    ///
    /// `retryAfter` is when the breaker lets a call through again.
    func refusal(retryAfter: Duration) -> Refusal {
        let seconds = max(1, Int((retryAfter.milliseconds + 999) / 1000))
        switch self.error {
        case .breakerOpen:
            return Refusal(.breakerOpen, "Service temporarily unavailable", retryAfterSeconds: seconds)
        case .overloaded:
            return Refusal(.overloaded, "Service temporarily unavailable", retryAfterSeconds: seconds)
        case .noResources:
            return Refusal(
                .overloaded,
                "Service temporarily unavailable",
                detail: "The ambassador's host has no resources for another connection.",
                retryAfterSeconds: seconds
            )
        case .limited(let name, let seconds):
            return Refusal(
                .rateLimited,
                "Too many calls of the AI service; the limit '\(name)' is reached. Try again later.",
                retryAfterSeconds: seconds
            )
        case .budgetExhausted(let kind, let seconds):
            return Refusal(
                .budgetExhausted,
                "The tenant's budget of today (\(kind.rawValue)) is used up. It begins anew at midnight UTC.",
                retryAfterSeconds: seconds
            )
        case .connectionLost:
            return Refusal(
                .upstreamInvalid,
                "The AI service gave an answer that cannot be used",
                detail: "The connection ended before the answer did."
            )
        case .unreachable:
            return Refusal(.upstreamUnreachable, "Service temporarily unavailable", retryAfterSeconds: seconds)
        case .timeout, .queuedTooLong, .cancelled:
            return Refusal(.upstreamTimeout, "AI service timeout, please try again later")
        case .invalid(let reason):
            return Refusal(.upstreamInvalid, "The AI service gave an answer that cannot be used", detail: reason)
        case .credentialRefused:
            return Refusal(.upstreamCredential, "The AI service refused the ambassador's own key")
        case .status(let status, let message):
            return Refusal(.upstreamFailed, "The AI service failed", detail: message, upstreamStatus: status)
        }
    }
}
