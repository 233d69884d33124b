extension FetchFailure {
    /// What the caller is told where nothing degraded may be served.
    ///
    /// `retryAfter` is when the breaker lets a call through again.
    func refusal(retryAfter: Duration) -> Refusal {
        let seconds = max(1, Int((retryAfter.milliseconds + 999) / 1000))
        switch self.error {
        case .breakerOpen:
            return Refusal(.breakerOpen, Self.unavailable, retryAfterSeconds: seconds)
        case .overloaded:
            return Refusal(.overloaded, Self.unavailable, retryAfterSeconds: seconds)
        case .noResources:
            return Refusal(
                .overloaded,
                Self.unavailable,
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
        case .held(let status, let held):
            return Self.limited(status: status, retryAfterSeconds: max(seconds, held))
        case .unreachable:
            return Refusal(.upstreamUnreachable, Self.unavailable, retryAfterSeconds: seconds)
        case .timeout, .queuedTooLong, .cancelled, .notBegun:
            return Refusal(.upstreamTimeout, "AI service timeout, please try again later")
        default:
            return self.refusalOfAnswer(retryAfterSeconds: seconds)
        }
    }

    private static let unavailable = "Service temporarily unavailable"
    private static let unusable = "The AI service gave an answer that cannot be used"

    /// The same where an answer, or a part of one, has come.
    private func refusalOfAnswer(retryAfterSeconds seconds: Int) -> Refusal {
        switch self.error {
        case .connectionLost:
            return Refusal(
                .connectionLost,
                "The connection to the AI service was lost",
                detail: "The connection ended before the answer did."
            )
        case .credentialRefused:
            return Refusal(.upstreamCredential, "The AI service refused the ambassador's own key")
        case .gateway(let answer) where answer.status == 429:
            return Self.limited(status: 429, retryAfterSeconds: answer.retryAfterSeconds.map { max(seconds, $0) })
        case .gateway(let answer):
            return Refusal(
                .upstreamGateway,
                "The AI service is not reached",
                detail: "Something else answered in its place, with status \(answer.status).",
                retryAfterSeconds: answer.retryAfterSeconds
            )
        case .status(let status, let message, let asked):
            return Refusal(
                .upstreamFailed,
                "The AI service failed",
                detail: message,
                upstreamStatus: status,
                retryAfterSeconds: asked.map { max(seconds, $0) }
            )
        case .invalid(let cause):
            return Refusal(.upstreamInvalid, Self.unusable, detail: cause.fault.callersPhrase)
        default:
            return Refusal(.upstreamInvalid, Self.unusable)
        }
    }

    /// The answer to a call that is not wanted yet; `status` is 429 or 503.
    private static func limited(status: Int, retryAfterSeconds: Int?) -> Refusal {
        Refusal(
            .upstreamLimited,
            status == 429 ? "The AI service takes no more calls for now. Try again later." : Self.unavailable,
            upstreamStatus: status,
            retryAfterSeconds: retryAfterSeconds
        )
    }
}
