import AmbassadorTesting
import Testing

@testable import AmbassadorCore

/// The cache as its users know it: what a row of requests gets, by settings, directives and the state of LangFlow.
@Suite("The table of the cache")
struct CacheTableTests {
    @Test("lifetimes and outages", arguments: lifetimes)
    func ages(sample: CacheCase) async { await self.check(sample) }

    @Test("how fresh an answer must be", arguments: freshness)
    func freshEnough(sample: CacheCase) async { await self.check(sample) }

    @Test("how stale an answer may be", arguments: staleness)
    func staleEnough(sample: CacheCase) async { await self.check(sample) }

    @Test("what is looked up and kept", arguments: storing)
    func kept(sample: CacheCase) async { await self.check(sample) }

    @Test("a caller without the permission to refresh", arguments: withoutRefresh)
    func unprivileged(sample: CacheCase) async {
        let caller = Caller(principal: "reader", tenant: nil, permissions: Permissions([Permissions.Grant(.run)]))
        await self.check(sample, as: OneCaller(caller: caller))
    }

    private func check(_ sample: CacheCase, as authenticator: any Authenticator = AnybodyAuthenticator()) async {
        let harness = await sample.play(as: authenticator)
        #expect(CacheCase.outcomes(harness) == sample.expected)
        #expect(harness.upstream.calls.count == sample.calls)
    }
}

/// Takes everybody for one caller.
private struct OneCaller: Authenticator {
    let caller: Caller

    func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication { .accepted(self.caller) }
}
