import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Streams that are given up leave nothing behind.
@Suite struct StreamLeakTests {
    @Test("streams given up at any moment hold no place, and each is recorded once", .timeLimit(.minutes(1)))
    func givenUp() async throws {
        let harness = Harness(flows: ["kept": .cached(), "passed": FlowSettings()])
        harness.upstream.followStreams { call, _ throws(UpstreamError) in
            let (stream, records) = (ScriptedStream(), ScriptedUpstream.records(of: call))
            Task {
                for record in records {
                    stream.send(record)
                    await Task.yield()
                }
                stream.end()
            }
            return stream.opening()
        }
        for round in 0..<1_000 {
            let asked = Task {
                let flow = round % 2 == 0 ? "kept" : "passed"
                return await StreamReading(await harness.ask("q\(round)", of: flow, wantsStream: true))
            }
            for _ in 0..<(round % 25) { await Task.yield() }
            asked.cancel()
            _ = await asked.value
        }
        let parts = harness.ambassador.parts
        try await eventually("all have ended") { parts.streams.count == 0 }
        #expect(parts.limit.inFlight == 0 && parts.limit.queued == 0)
        #expect(parts.breaker.state == .closed)
        let requests = harness.audit.records.filter { $0.outcome != .refresh }
        #expect(requests.count == 1_000)
        #expect(harness.audit.records.map(\.attempts).reduce(0, +) == harness.upstream.streamedCalls.count)
        let outcomes = Set(requests.map { "\($0.outcome) \($0.errorKind.map { "\($0)" } ?? "")" })
        #expect(outcomes.isSubset(of: ["abandoned ", "miss ", "bypass "]))
    }

    @Test("a probe whose caller leaves is no verdict, and the next one closes the breaker", .timeLimit(.minutes(1)))
    func probe() async throws {
        var settings = CircuitBreakerSettings()
        settings.consecutiveFailures = 1
        let harness = Harness(flows: ["faq": FlowSettings()], breaker: settings)
        let breaker = harness.ambassador.parts.breaker
        harness.upstream.followStreams { _, _ throws(UpstreamError) in throw .unreachable(UpstreamCause(.refused)) }
        #expect(await harness.ask("a", wantsStream: true).status == 503)
        #expect(breaker.state == .open)
        harness.clock.advance(by: settings.openTime)
        let stream = ScriptedStream()
        harness.upstream.followStreams { _, _ throws(UpstreamError) in stream.opening() }
        let asked = Task { await StreamReading(await harness.ask("b", wantsStream: true)) }
        stream.send("{\"event\": \"token\", \"data\": {\"chunk\": \"a\"}}\n\n")
        try await eventually("LangFlow is read") { stream.readCount == 1 }
        #expect(await harness.ask("meanwhile", wantsStream: true).status == 503)
        asked.cancel()
        _ = await asked.value
        try await eventually("LangFlow is told to stop") { harness.ambassador.parts.streams.count == 0 }
        #expect(breaker.state == .halfOpen)
        harness.upstream.followStreams(ScriptedUpstream.streamedEcho)
        #expect(await StreamReading(await harness.ask("c", wantsStream: true)).isComplete)
        #expect(breaker.state == .closed)
    }
}
