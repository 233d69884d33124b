import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// What happens beside a stream while it flows, or in the moment of its end.
@Suite struct StreamRaceTests {
    /// Asks for a stream whose first record has come, and goes on when the test says.
    private static func begin(
        _ question: String,
        _ harness: Harness,
        _ stream: ScriptedStream
    ) async throws -> (response: Response, rest: [String]) {
        harness.upstream.followStreams { _, _ throws(UpstreamError) in stream.opening() }
        let calls = harness.upstream.streamedCalls.count
        let asked = Task { await harness.ask(question, wantsStream: true) }
        try await eventually("LangFlow is called") { harness.upstream.streamedCalls.count == calls + 1 }
        let records = ScriptedUpstream.records(of: harness.upstream.streamedCalls[calls], calls)
        stream.send(records[0])
        return (await asked.value, Array(records.dropFirst()))
    }

    private static func finish(_ stream: ScriptedStream, _ rest: [String]) {
        for record in rest { stream.send(record) }
        stream.end()
    }

    @Test(
        "what was kept while a cache was asked is not fetched again",
        .timeLimit(.minutes(1)),
        arguments: [true, false]
    )
    func keptMeanwhile(wantsStream: Bool) async throws {
        let store = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], store: store)
        let (asked, gate) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        store.afterLookup {
            asked.continuation.yield()
            for await _ in gate.stream { return }
        }
        let late = Task { await harness.ask("q", wantsStream: wantsStream) }
        for await _ in asked.stream { break }
        store.afterLookup {}
        _ = await StreamReading(await harness.ask("q", wantsStream: wantsStream))
        gate.continuation.finish()
        #expect(await late.value.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(harness.upstream.streamedCalls.count + harness.upstream.calls.count == 1)
    }

    @Test("whoever asks after a purge does not get what was streamed before it", .timeLimit(.minutes(1)))
    func purged() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let (old, new) = (ScriptedStream(), ScriptedStream())
        let before = try await Self.begin("q", harness, old)
        _ = await harness.ambassador.purge(.all)
        let after = try await Self.begin("q", harness, new)
        Self.finish(old, before.rest)
        #expect(await StreamReading(before.response).isComplete)
        #expect(harness.store.entries.isEmpty)
        Self.finish(new, after.rest)
        #expect(await StreamReading(after.response).text.contains("answer 1"))
        let hit = await harness.ask("q", wantsStream: true)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(hit.text.contains("answer 1"))
    }

    @Test("those who asked before a purge share the stream of before it", .timeLimit(.minutes(1)))
    func askedBefore() async throws {
        let store = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], store: store)
        let stream = ScriptedStream()
        let first = try await Self.begin("q", harness, stream)
        let (asked, gate) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        store.afterLookup {
            asked.continuation.yield()
            for await _ in gate.stream { return }
        }
        let late = Task { await harness.ask("q", wantsStream: true) }
        for await _ in asked.stream { break }
        _ = await harness.ambassador.purge(.all)
        gate.continuation.finish()
        let second = await late.value
        Self.finish(stream, first.rest)
        #expect(await StreamReading(first.response).isComplete)
        #expect(await StreamReading(second).isComplete)
        #expect(harness.upstream.streamedCalls.count == 1)
        #expect(harness.store.entries.isEmpty)
    }

    @Test("in a thousand races a purge leaves nothing of the stream that flowed", .timeLimit(.minutes(2)))
    func thousandPurges() async throws {
        let shared = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], shared: shared)
        for round in 0..<1_000 {
            let stream = ScriptedStream()
            let asked = try await Self.begin("q\(round)", harness, stream)
            async let reading = StreamReading(asked.response)
            async let purged = harness.ambassador.purge(round % 2 == 0 ? .all : .flow(target: .sample("faq")))
            Self.finish(stream, asked.rest)
            let (read, _) = await (reading, purged)
            #expect(read.isComplete)
            #expect(harness.ambassador.statistics.memoryEntries == 0)
            #expect(harness.store.entries.isEmpty && shared.entries.isEmpty)
        }
        #expect(harness.upstream.streamedCalls.count == 1_000)
        #expect(harness.audit.records.count == 1_000)
    }

    @Test("the audit log has the text of a stream that is not kept", arguments: [true, false])
    func recordedText(isTooLong: Bool) async {
        var limits = StreamLimits()
        if isTooLong { limits.keptBytesMax = 100 }
        let harness = Harness(flows: ["faq": isTooLong ? .cached() : FlowSettings()], streams: limits)
        let reading = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(reading.isComplete)
        #expect(harness.store.entries.isEmpty)
        #expect(harness.audit.records.map { $0.answer.map { String(buffer: $0.text) } } == ["answer 0 to q"])
    }

    @Test("a streamed question beside one that a limit refuses is a stream all the same", .timeLimit(.minutes(1)))
    func othersRefusal() async throws {
        let poor = try #require(TenantID("poor".utf8))
        let harness = Harness(
            flows: ["faq": .cached { $0.isShared = true }],
            budgets: [poor: try Budget(requestsPerDay: 0)]
        )
        for round in 0..<300 {
            async let first = harness.ask("q\(round)", tenant: "poor", wantsStream: true)
            async let second = harness.ask("q\(round)", tenant: "rich", wantsStream: true)
            #expect(await [200, 429].contains(first.status))
            let reading = await StreamReading(await second)
            #expect(try reading.events == ["add_message", "token", "token", "end"])
        }
        #expect(harness.upstream.calls.isEmpty)
    }
}
