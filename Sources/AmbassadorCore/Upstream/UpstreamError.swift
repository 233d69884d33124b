/// Why no answer came from LangFlow.
package enum UpstreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no connection: nothing was sent, so trying again is safe.
    case unreachable(UpstreamCause)
    /// This process or host had no file descriptor, port or memory left for a connection: LangFlow is not to blame. Nothing was sent.
    case noResources
    /// The connection ended before the answer did.
    case connectionLost(UpstreamCause)
    /// No complete answer within the call's timeout.
    case timeout
    /// The answer is not one that LangFlow gives: broken framing, a redirect, an upgrade, over the size limit.
    case invalid(UpstreamCause)
    /// The caller gave the call up.
    case cancelled
    /// The same before anything was sent.
    case cancelledUnsent

    /// Whether the caller gave the call up, which says nothing of LangFlow.
    package var isCancelled: Bool { self == .cancelled || self == .cancelledUnsent }

    /// For logs alone, as ``UpstreamCause/text``.
    package var description: String {
        switch self {
        case .unreachable(let cause), .connectionLost(let cause), .invalid(let cause): cause.text
        case .noResources: UpstreamFault.resources.phrase
        case .timeout: "no answer in time"
        case .cancelled, .cancelledUnsent: "the call was given up"
        }
    }
}

/// What is behind a failed call, for the operator: a word of a closed list, and the system's or our own words on it.
package struct UpstreamCause: Sendable, Hashable {
    package let fault: UpstreamFault
    /// For logs alone, since it may name hosts; empty where the fault says all.
    package let detail: String

    package init(_ fault: UpstreamFault, _ detail: String = "") {
        self.fault = fault
        self.detail = detail
    }

    /// The fault as a phrase, with what is known beyond it.
    package var text: String {
        self.detail.isEmpty ? self.fault.phrase : "\(self.fault.phrase) (\(self.detail))"
    }
}
