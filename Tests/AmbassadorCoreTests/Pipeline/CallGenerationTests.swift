import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// What was asked for before a purge, or before a change of the flow, is no answer to what is asked after it.
@Suite("Calls of before a purge or a change")
struct CallGenerationTests {
    /// Something that ends what was asked for before it.
    enum Event: CaseIterable {
        case purge
        case change

        func happen(to harness: Harness) async throws {
            switch self {
            case .purge: _ = await harness.ambassador.purge(.flow(target: .sample("faq")))
            case .change:
                harness.clock.advance(by: .milliseconds(10))
                let flow = try harness.ambassador.flow(named: .sample("faq"), authorize: { _ in })
                flow.becomeOutdated(at: harness.clock.wall)
                // What is asked within the same millisecond counts as asked before.
                harness.clock.advance(by: .milliseconds(10))
            }
        }
    }

    /// Answers of LangFlow's, each of which waits until it is told to come.
    private final class Gates: Sendable {
        let gates = (0..<8).map { _ in OneShot<Void>() }

        @Sendable func answer(_ call: UpstreamCall, _ number: Int) async throws(UpstreamError) -> UpstreamAnswer {
            await self.gates[number].value()
            return try await ScriptedUpstream.echo(call, number)
        }

        func open(_ number: Int) { self.gates[number].deliver(()) }
    }

    @Test("a plain call is not joined from before it", .timeLimit(.minutes(1)), arguments: Event.allCases)
    func plain(event: Event) async throws {
        let (harness, gates) = (Harness(flows: ["faq": .cached()]), Gates())
        harness.upstream.follow(gates.answer)
        let before = Task { await harness.ask("q") }
        try await eventually("the first call") { harness.upstream.calls.count == 1 }
        try await event.happen(to: harness)
        let after = Task { await harness.ask("q") }
        try await eventually("the second call") { harness.upstream.calls.count == 2 }
        // Those who come later join the new one.
        let later = Task { await harness.ask("q") }
        gates.open(0)
        #expect(await before.value.text.contains("answer 0"))
        gates.open(1)
        #expect(await after.value.text.contains("answer 1"))
        #expect(await after.value.cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await later.value.text.contains("answer 1"))
        let hit = await harness.ask("q")
        #expect(hit.text.contains("answer 1") && hit.cacheStatusText?.contains("hit") == true)
        #expect(harness.upstream.calls.count == 2)
        #expect(harness.audit.records.map(\.attempts).reduce(0, +) == 2)
    }

    @Test("an older version's answer that comes last does not take the newer one's place", .timeLimit(.minutes(1)))
    func olderLast() async throws {
        let (harness, gates) = (Harness(flows: ["faq": .cached()]), Gates())
        harness.upstream.follow(gates.answer)
        let before = Task { await harness.ask("q") }
        try await eventually("the first call") { harness.upstream.calls.count == 1 }
        try await Event.change.happen(to: harness)
        let after = Task { await harness.ask("q") }
        try await eventually("the second call") { harness.upstream.calls.count == 2 }
        gates.open(1)
        #expect(await after.value.text.contains("answer 1"))
        gates.open(0)
        #expect(await before.value.text.contains("answer 0"))
        let hit = await harness.ask("q")
        #expect(hit.text.contains("answer 1") && hit.cacheStatusText?.contains("; hit; ") == true)
        #expect(harness.store.entries.values.allSatisfy { $0.answer.text.text.contains("answer 1") })
        #expect(harness.upstream.calls.count == 2)
    }

    @Test("a call that ends late takes no change of its flow back", .timeLimit(.minutes(1)))
    func lateEnd() async throws {
        let settings = FlowSettings.cached(ttl: .seconds(600), staleIfError: .seconds(3600)) {
            $0.timeout = .seconds(60)
        }
        let harness = Harness(flows: ["faq": settings])
        let flow = try harness.ambassador.flow(named: .sample("faq"), authorize: { _ in })
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(700))
        let gate = OneShot<Void>()
        harness.upstream.follow { call, number throws(UpstreamError) in
            if ScriptedUpstream.members(of: call.body)["input_value"] == "q" { await gate.value() }
            return try await ScriptedUpstream.echo(call, number)
        }
        let slow = Task { await harness.ask("q") }
        try await eventually("the call") { harness.upstream.calls.count == 2 }
        harness.clock.advance(by: .seconds(1))
        _ = await harness.ask("r")
        harness.clock.advance(by: .seconds(9))
        flow.becomeOutdated(at: harness.clock.wall)
        harness.clock.advance(by: .seconds(10))
        gate.deliver(())
        _ = await slow.value
        #expect(await harness.ask("r").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test(
        "a purge parts calls whatever would be kept of them",
        .timeLimit(.minutes(1)),
        arguments: ["too large", "without its input"]
    )
    func unkept(kind: String) async throws {
        let question = String(repeating: "q", count: 700)
        let settings = FlowSettings.cached { $0.storesInputs = kind == "too large" }
        let harness = Harness(flows: ["faq": settings], entryBytesMax: kind == "too large" ? 600 : 1 << 20)
        let gates = Gates()
        harness.upstream.follow(gates.answer)
        let before = Task { await harness.ask(question) }
        try await eventually("the first call") { harness.upstream.calls.count == 1 }
        _ = await harness.ambassador.purge(PurgeSelection(text: PurgeText(ByteBuffer(string: "qqq"))))
        let after = Task { await harness.ask(question) }
        try await eventually("the second call") { harness.upstream.calls.count == 2 }
        gates.open(0)
        gates.open(1)
        #expect(await before.value.text.contains("answer 0"))
        #expect(await after.value.text.contains("answer 1"))
    }

    @Test("a purge or a change of another flow parts nobody", .timeLimit(.minutes(1)))
    func others() async throws {
        let (harness, gates) = (Harness(flows: ["faq": .cached(), "other": .cached()]), Gates())
        harness.upstream.follow(gates.answer)
        let before = Task { await harness.ask("q") }
        try await eventually("the first call") { harness.upstream.calls.count == 1 }
        _ = await harness.ambassador.purge(.flow(target: .sample("other")))
        let timers = harness.clock.timerCount
        let after = Task { await harness.ask("q") }
        await harness.clock.waitForTimers(timers + 1)
        gates.open(0)
        #expect(await before.value.text.contains("answer 0"))
        #expect(await after.value.cacheStatusText?.contains("collapsed") == true)
        #expect(harness.upstream.calls.count == 1)
    }

    @Test(
        "who follows a call whose leader had less time makes one of its own",
        .timeLimit(.minutes(1)),
        arguments: [true, false]
    )
    func shortLeader(wantsStream: Bool) async throws {
        let flows: [String: FlowSettings] = [
            "brief": .cached {
                $0.target = .sample("faq")
                $0.timeout = .seconds(5)
            },
            "patient": .cached {
                $0.target = .sample("faq")
                $0.timeout = .seconds(60)
            },
        ]
        let harness = Harness(flows: flows)
        let gate = OneShot<Void>()
        harness.upstream.follow { call, number throws(UpstreamError) in
            guard number == 0 else { return try await ScriptedUpstream.echo(call, number) }
            await gate.value()
            throw .timeout
        }
        harness.upstream.followStreams { call, number throws(UpstreamError) in
            guard number == 0 else { return try await ScriptedUpstream.streamedEcho(call, number) }
            await gate.value()
            throw .timeout
        }
        let leader = Task { await harness.ask("q", of: "brief", wantsStream: wantsStream) }
        try await eventually("the first call") {
            harness.upstream.calls.count + harness.upstream.streamedCalls.count == 1
        }
        let timers = harness.clock.timerCount
        let follower = Task { await harness.ask("q", of: "patient", wantsStream: wantsStream) }
        await harness.clock.waitForTimers(timers + 1)
        harness.clock.advance(by: .seconds(5))
        gate.deliver(())
        #expect(await leader.value.status == 504)
        let answer = await follower.value
        #expect(answer.status == 200)
        _ = await StreamReading(answer)
        #expect(harness.upstream.calls.count + harness.upstream.streamedCalls.count == 2)
        #expect(harness.audit.records.map(\.attempts).reduce(0, +) == 2)
    }

    @Test("a stream of before a change is not joined", .timeLimit(.minutes(1)))
    func stream() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let (old, new) = (ScriptedStream(), ScriptedStream())
        harness.upstream.followStreams { _, number throws(UpstreamError) in (number == 0 ? old : new).opening() }
        let before = Task { await harness.ask("q", wantsStream: true) }
        try await eventually("the first call") { harness.upstream.streamedCalls.count == 1 }
        try await Event.change.happen(to: harness)
        let after = Task { await harness.ask("q", wantsStream: true) }
        try await eventually("the second call") { harness.upstream.streamedCalls.count == 2 }
        for (number, stream) in [old, new].enumerated() {
            for record in ScriptedUpstream.records(of: harness.upstream.streamedCalls[number], number) {
                stream.send(record)
            }
            stream.end()
        }
        #expect(await StreamReading(before.value).text.contains("answer 0"))
        #expect(await StreamReading(after.value).text.contains("answer 1"))
    }

    @Test(
        "what is purged or marked while LangFlow hangs is not the stale answer",
        .timeLimit(.minutes(1)),
        arguments: ["purge", "tombstone", "nothing"],
        [true, false]
    )
    func stale(event: String, wantsStream: Bool) async throws {
        let harness = Harness(flows: ["faq": .cached(staleIfError: .seconds(3600))])
        let first = await harness.ask("q", wantsStream: wantsStream)
        _ = await StreamReading(first)
        let key = try #require(harness.store.entries.keys.first)
        harness.clock.advance(by: .seconds(120))
        let gate = OneShot<Void>()
        harness.upstream.follow { _, _ throws(UpstreamError) in
            await gate.value()
            throw .timeout
        }
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            await gate.value()
            throw .timeout
        }
        let asked = Task { await harness.ask("q", wantsStream: wantsStream) }
        try await eventually("the call") {
            harness.upstream.calls.count + harness.upstream.streamedCalls.count == 2
        }
        switch event {
        case "purge": _ = await harness.ambassador.purge(.flow(target: .sample("faq")))
        case "tombstone": _ = await harness.ambassador.tombstone(key, author: "ops", reason: "names a customer")
        default: break
        }
        gate.deliver(())
        let answer = await asked.value
        if event == "nothing" {
            #expect(answer.degradation == .stale)
        } else {
            #expect(answer.degradation == nil && answer.status == 504)
            #expect(!answer.text.contains("answer 0"))
        }
    }
}
