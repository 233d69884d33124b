import Testing

@testable import AmbassadorCore

@Suite struct BreakerVerdictTests {
    static let cases: [(FetchError?, Bool, BreakerVerdict, BreakerVerdict)] = [
        (nil, true, .succeeded, .succeeded),
        (.status(500, message: nil), true, .failed, .succeeded),
        (.status(502, message: nil), true, .abandoned, .failed),
        (.status(503, message: nil), true, .abandoned, .failed),
        (.status(504, message: nil), true, .abandoned, .failed),
        (.status(505, message: nil), true, .failed, .succeeded),
        (.unreachable(UpstreamCause(.refused)), true, .abandoned, .failed),
        (.connectionLost(UpstreamCause(.closed)), true, .abandoned, .failed),
        // A flow's timeout says nothing of the others'.
        (.timeout, true, .failed, .abandoned),
        // The caller had used the time up before the call: nobody's fault.
        (.timeout, false, .abandoned, .abandoned),
        (.invalid(UpstreamCause(.notJSON)), true, .failed, .abandoned),
        (.credentialRefused, true, .abandoned, .succeeded),
        // A gateway refuses one path or text; that it does so says nothing of LangFlow.
        (.gateway(GatewayAnswer(.sample(404, "text/html"))), true, .abandoned, .abandoned),
        (.held(status: 429, retryAfterSeconds: 1), true, .abandoned, .abandoned),
        // What this host lacks is not LangFlow's fault.
        (.noResources, true, .abandoned, .abandoned),
        (.breakerOpen, true, .abandoned, .abandoned),
        (.overloaded, true, .abandoned, .abandoned),
        (.queuedTooLong, true, .abandoned, .abandoned),
        (.cancelled, true, .abandoned, .abandoned),
    ]

    @Test("a call speaks for or against the flow and LangFlow, each by what it is to blame for", arguments: cases)
    func verdicts(error: FetchError?, hadItsTime: Bool, flow: BreakerVerdict, upstream: BreakerVerdict) {
        #expect(BreakerVerdict.flow(error, hadItsTime: hadItsTime) == flow)
        #expect(BreakerVerdict.upstream(error) == upstream)
    }
}
