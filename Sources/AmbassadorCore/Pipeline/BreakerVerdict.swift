/// What the end of a call says about the one whose breaker is told of it.
enum BreakerVerdict: Sendable, Hashable {
    case succeeded
    case failed
    /// Nothing: the call was given up, or another is to blame.
    case abandoned

    /// What it says about the flow: every exception in a flow is a 500 of LangFlow's.
    ///
    /// A timeout counts only where the call had the flow's whole time, or nearly.
    static func flow(_ error: FetchError?, hadItsTime: Bool) -> BreakerVerdict {
        switch error {
        case nil: .succeeded
        case .timeout?: hadItsTime ? .failed : .abandoned
        case .invalid?: .failed
        case .status(let status, _, _)?: Self.isGateways(status) ? .abandoned : .failed
        case .unreachable?, .connectionLost?, .gateway?, .breakerOpen?, .overloaded?, .limited?, .budgetExhausted?,
            .queuedTooLong?, .held?, .credentialRefused?, .noResources?, .cancelled?, .notBegun?:
            .abandoned
        }
    }

    /// What it says about LangFlow as a whole: transport and 502 to 504 speak against it, any other answer for it.
    ///
    /// A timeout is its flow's: whether LangFlow answers at all is asked by ``UpstreamHealth``.
    static func upstream(_ error: FetchError?) -> BreakerVerdict {
        switch error {
        case nil, .credentialRefused?: .succeeded
        case .status(let status, _, _)?: Self.isGateways(status) ? .failed : .succeeded
        case .unreachable?, .connectionLost?: .failed
        // A flow may take too long, or give answers that are too large or not JSON; the others must not suffer for it.
        // A gateway refuses one path or one text, quickly, and says nothing of LangFlow behind it.
        case .timeout?, .invalid?, .gateway?, .breakerOpen?, .overloaded?, .limited?, .budgetExhausted?,
            .queuedTooLong?, .held?, .noResources?, .cancelled?, .notBegun?:
            .abandoned
        }
    }

    private static func isGateways(_ status: Int) -> Bool {
        (502...504).contains(status)
    }
}
