import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// LangFlow's health in the pipeline: who is refused when, and what a caller's request is spent on.
@Suite struct UpstreamHealthTests {
    private static let away = HealthReading.unhealthy("no connection")

    /// Runs the prober of a harness beside the body.
    private func probing(_ harness: Harness, _ body: () async throws -> Void) async throws {
        let prober = Task { await harness.health.run() }
        defer { prober.cancel() }
        try await body()
    }

    @Test("a flow that always times out stops itself and nobody else")
    func oneFlowTimesOut() async throws {
        let source = ScriptedHealthSource(.healthy)
        let harness = Harness(
            flows: ["slow": .cached(), "good": .cached(ttl: .zero)],
            upstream: ScriptedUpstream { call, number throws(UpstreamError) in
                guard call.target.description == "good" else { throw .timeout }
                return try await ScriptedUpstream.echo(call, number)
            },
            healthSource: source
        )
        try await self.probing(harness) {
            for number in 0..<20 {
                for _ in 0..<9 { _ = await harness.ask("q \(number)", of: "slow") }
                #expect(await harness.ask("q \(number)", of: "good").status == 200)
                // The flow is blamed once LangFlow has said that it is well.
                harness.clock.advance(by: .seconds(1))
                try await eventually("the health is asked for") { source.questions > 0 }
            }
            try await eventually("the flow's breaker opens") {
                await harness.ask("again", of: "slow").text.contains("temporarily unavailable")
            }
            #expect(harness.ambassador.parts.breaker.state == .closed)
            #expect(await harness.ask("q", of: "good").status == 200)
        }
    }

    @Test("LangFlow is found back by its health within two seconds, and no caller's request is spent on it")
    func recovery() async throws {
        let source = ScriptedHealthSource(Self.away)
        let harness = Harness(
            flows: ["faq": .cached(ttl: .zero)],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused)))),
            healthSource: source
        )
        try await self.probing(harness) {
            for number in 0..<5 { #expect(await harness.ask("q \(number)").status == 503) }
            let calls = harness.upstream.calls.count
            for second in 1...30 {
                #expect(await harness.ask("q").status == 503)
                try await eventually("the health is asked for every second") { source.questions >= second }
                harness.clock.advance(by: .seconds(1))
            }
            #expect(source.questions <= 31)
            #expect(harness.upstream.calls.count == calls)
            harness.upstream.follow(ScriptedUpstream.echo)
            source.become(.healthy)
            harness.clock.advance(by: .seconds(1))
            try await eventually("the breaker closes") { harness.ambassador.parts.breaker.state == .closed }
            #expect(await harness.ask("q").status == 200)
            #expect(harness.upstream.calls.count == calls + 1)
            #expect(harness.ambassador.parts.flows.listedFlows.allSatisfy { $0.breaker.state == .closed })
        }
    }

    @Test("a LangFlow that hangs opens its own breaker by its health, and no flow's by the calls that hung")
    func hanging() async throws {
        let source = ScriptedHealthSource(.unhealthy("no answer within 2 s"))
        let harness = Harness(
            flows: ["faq": .cached(ttl: .zero)],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.timeout)),
            healthSource: source
        )
        try await self.probing(harness) {
            for number in 0..<7 { _ = await harness.ask("q \(number)") }
            for second in 1...5 {
                try await eventually("the health is asked for") { source.questions >= second }
                harness.clock.advance(by: .seconds(1))
            }
            try await eventually("the breaker opens") { harness.ambassador.parts.breaker.state == .open }
            #expect(harness.ambassador.parts.flows.listedFlows.allSatisfy { $0.breaker.state == .closed })
        }
    }

    @Test("readiness tells of the first failure, and of the breaker")
    func readiness() async throws {
        let harness = Harness(
            flows: ["faq": .cached()],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused)))),
            healthSource: ScriptedHealthSource(Self.away)
        )
        #expect(harness.health.complaint == nil)
        _ = await harness.ask("q")
        let refused = UpstreamFault.refused.phrase
        #expect(harness.health.complaint == "LangFlow may be away: \(refused)")
        for _ in 0..<5 { _ = await harness.ask("q") }
        #expect(harness.health.complaint == "LangFlow does not answer; its breaker is open (\(refused))")
    }

    @Test("where the health path says nothing of LangFlow, calls find out")
    func unusable() async throws {
        let source = ScriptedHealthSource(.unusable("an answer with status 404"))
        let harness = Harness(
            flows: ["faq": .cached(ttl: .zero)],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused)))),
            healthSource: source
        )
        try await self.probing(harness) {
            for number in 0..<6 { _ = await harness.ask("q \(number)") }
            try await eventually("the health is asked for") { source.questions > 0 }
            #expect(harness.ambassador.parts.breaker.state == .open)
            harness.upstream.follow(ScriptedUpstream.echo)
            harness.clock.advance(by: .seconds(11))
            #expect(await harness.ask("q").status == 200)
            #expect(harness.ambassador.parts.breaker.state == .closed)
        }
    }
}
