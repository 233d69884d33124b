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
        (.unreachable, true, .abandoned, .failed),
        (.connectionLost, true, .abandoned, .failed),
        // A flow's timeout says nothing of the others'.
        (.timeout, true, .failed, .abandoned),
        // The caller had used the time up before the call: nobody's fault.
        (.timeout, false, .abandoned, .abandoned),
        (.invalid("x"), true, .failed, .abandoned),
        (.credentialRefused, true, .abandoned, .succeeded),
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
