import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Every call that LangFlow got stands in the log once, with its cost, whoever waits for it or leaves.
@Suite struct CallAccountTests {
    /// LangFlow's answers, held back until the test lets them go.
    private struct Gate {
        private let called = AsyncStream.makeStream(of: Void.self)
        private let opened = AsyncStream.makeStream(of: Void.self)

        func hold(_ upstream: ScriptedUpstream) {
            upstream.follow { [called, opened] call, number throws(UpstreamError) in
                called.continuation.yield()
                for await _ in opened.stream { break }
                return try await ScriptedUpstream.echo(call, number)
            }
        }

        func waitForCall() async {
            for await _ in self.called.stream { break }
        }

        func open() {
            self.opened.continuation.yield()
        }
    }

    private static let price: Int64 = 1_000
    private static let priced: @Sendable (inout FlowSettings) -> Void = { $0.price.nanosPerCall = price }

    /// What a record says of a call: outcome, attempts, cost, saved cost.
    private struct Account: Hashable {
        let outcome: Outcome
        var attempts = 0
        var cost: Int64 = 0
        var saved: Int64 = 0
    }

    private func accounts(_ harness: Harness) -> [Account] {
        harness.audit.records.map {
            Account(outcome: $0.outcome, attempts: $0.attempts, cost: $0.costNanos, saved: $0.savedNanos)
        }
    }

    @Test("while its leader waits a call is the leader's, and the followers saved it")
    func together() async {
        let harness = Harness(flows: ["faq": .cached(change: Self.priced)])
        let gate = Gate()
        gate.hold(harness.upstream)
        async let leader = harness.ask("q")
        await gate.waitForCall()
        async let follower = harness.ask("q")
        await harness.clock.waitForTimers(2)
        gate.open()
        _ = await (leader, follower)
        #expect(
            Set(self.accounts(harness)) == [
                Account(outcome: .miss, attempts: 1, cost: Self.price), Account(outcome: .collapsed, saved: Self.price),
            ]
        )
    }

    @Test("the call of a leader that left is the first follower's, who did not save it")
    func leaderLeaves() async {
        let harness = Harness(flows: ["faq": .cached(change: Self.priced)])
        let gate = Gate()
        gate.hold(harness.upstream)
        let leader = Task { await harness.ask("q") }
        await gate.waitForCall()
        async let first = harness.ask("q")
        await harness.clock.waitForTimers(2)
        async let second = harness.ask("q")
        await harness.clock.waitForTimers(3)
        leader.cancel()
        _ = await leader.value
        gate.open()
        _ = await (first, second)
        let accounts = self.accounts(harness)
        #expect(accounts.first == Account(outcome: .abandoned))
        #expect(
            Set(accounts.dropFirst()) == [
                Account(outcome: .collapsed, attempts: 1, cost: Self.price),
                Account(outcome: .collapsed, saved: Self.price),
            ]
        )
    }

    @Test("a call whose callers all left is a record of its own, under the same trace")
    func allLeave() async throws {
        let harness = Harness(flows: ["faq": .cached(change: Self.priced)])
        let gate = Gate()
        gate.hold(harness.upstream)
        let leader = Task { await harness.ask("q", tenant: "acme") }
        await gate.waitForCall()
        leader.cancel()
        _ = await leader.value
        gate.open()
        #expect(await harness.ambassador.parts.flights.drain())
        #expect(
            self.accounts(harness) == [
                Account(outcome: .abandoned), Account(outcome: .refresh, attempts: 1, cost: Self.price),
            ]
        )
        let records = harness.audit.records
        let (abandoned, call) = (try #require(records.first), try #require(records.last))
        #expect(call.traceID == abandoned.traceID)
        #expect(call.tenant == abandoned.tenant && call.flow == abandoned.flow && call.inputHash == abandoned.inputHash)
        #expect(call.status == 200 && call.requestBytes == 0 && call.responseBytes == 0)
        #expect(call.answer.map { String(buffer: $0.text) } == "answer 0 to q")
    }

    @Test("a refresh in the background is a record of its own, the failed one with its error")
    func refresh() async {
        let harness = Harness(
            flows: ["faq": .cached(ttl: .seconds(10), staleWhileRevalidate: .seconds(60), change: Self.priced)]
        )
        _ = await harness.ask("q")
        for script in [ScriptedUpstream.echo, ScriptedUpstream.status(500, #"{"detail": "no"}"#)] {
            harness.upstream.follow(script)
            harness.clock.advance(by: .seconds(11))
            #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=-1; detail=memory")
            #expect(await harness.ambassador.parts.flights.drain())
        }
        // A refresh may end before the answer that it was begun for is recorded.
        #expect(
            self.accounts(harness).filter { $0.outcome != .refresh } == [
                Account(outcome: .miss, attempts: 1, cost: Self.price),
                Account(outcome: .stale, saved: Self.price),
                Account(outcome: .stale, saved: Self.price),
            ]
        )
        #expect(
            self.accounts(harness).filter { $0.outcome == .refresh } == [
                Account(outcome: .refresh, attempts: 1, cost: Self.price), Account(outcome: .refresh, attempts: 1),
            ]
        )
        #expect(harness.audit.records.filter { $0.outcome == .refresh }.map(\.errorKind) == [nil, .upstreamFailed])
    }

    @Test("a refresh that is not let through to LangFlow is no record")
    func refusedRefresh() async throws {
        let harness = Harness(
            flows: ["faq": .cached(ttl: .seconds(10), staleWhileRevalidate: .seconds(60), change: Self.priced)],
            limits: [
                try RateLimit(name: "calls", by: [], rate: Rate(count: 1, periodSeconds: 60), stage: .upstreamCall)
            ]
        )
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(11))
        _ = await harness.ask("q")
        #expect(await harness.ambassador.parts.flights.drain())
        #expect(harness.audit.records.map(\.outcome) == [.miss, .stale])
    }

    @Test("a run that its caller gave up is in that caller's record")
    func givenUp() async {
        let harness = Harness(flows: ["faq": FlowSettings()])
        let (called, left) = (OneShot<Void>(), OneShot<Void>())
        harness.upstream.follow { _, _ throws(UpstreamError) in
            called.deliver(())
            await left.value(until: .distantFuture, sleeper: .system) { _ in left.deliver(()) }
            throw .cancelled
        }
        let caller = Task { await harness.ask("q") }
        await called.value()
        caller.cancel()
        _ = await caller.value
        #expect(self.accounts(harness) == [Account(outcome: .abandoned, attempts: 1)])
    }

    @Test("a stream whose leader left is the first follower's; one that nobody reads any more, and is kept, is its own")
    func streams() async throws {
        let harness = Harness(flows: ["faq": .cached(change: Self.priced)])
        for hasFollower in [true, false] {
            let question = "followed: \(hasFollower)"
            let stream = ScriptedStream()
            let call = OneShot<UpstreamCall>()
            harness.upstream.followStreams { upstreamCall, _ throws(UpstreamError) in
                call.deliver(upstreamCall)
                return stream.opening()
            }
            async let asked = harness.ask(question, wantsStream: true)
            let records = ScriptedUpstream.records(of: await call.value())
            stream.send(records[0])
            let leader = await asked
            let follower = hasFollower ? await harness.ask(question, wantsStream: true) : nil
            guard case .stream(let body) = leader.content else {
                Issue.record("no stream")
                return
            }
            await body.abandon()
            for record in records.dropFirst() { stream.send(record) }
            stream.end()
            if let follower { #expect(await StreamReading(follower).isComplete) }
            #expect(await harness.ambassador.parts.streams.drain(until: .distantFuture))
        }
        #expect(
            self.accounts(harness) == [
                Account(outcome: .abandoned), Account(outcome: .collapsed, attempts: 1, cost: Self.price),
                Account(outcome: .abandoned), Account(outcome: .refresh, attempts: 1, cost: Self.price),
            ]
        )
    }

    @Test("a stream that its last reader gave up is in that reader's record")
    func streamGivenUp() async throws {
        let harness = Harness(flows: ["faq": FlowSettings()])
        let stream = ScriptedStream()
        harness.upstream.followStreams { _, _ throws(UpstreamError) in stream.opening() }
        async let asked = harness.ask("q", wantsStream: true)
        stream.send("{\"event\": \"token\", \"data\": {\"chunk\": \"a\"}}\n\n")
        guard case .stream(let body) = await asked.content else {
            Issue.record("no stream")
            return
        }
        await body.abandon()
        #expect(await harness.ambassador.parts.streams.drain(until: .distantFuture))
        #expect(self.accounts(harness) == [Account(outcome: .abandoned, attempts: 1)])
    }
}
