import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// A purge by text in all places at once, by what each flow takes for one question.
@Suite("A purge by text")
struct PurgeByTextTests {
    private static func purge(_ harness: Harness, _ text: String) async -> PurgeReport {
        await harness.ambassador.purge(PurgeSelection(text: .init(ByteBuffer(string: text))))
    }

    @Test("it finds the text in the flow's own form, in memory, Redis and store")
    func ownForm() async {
        let shared = FakeResponseCache()
        let flows = [
            "folded": FlowSettings.cached { $0.normalize = .text }, "exact": .cached(),
            "renamed": .cached {
                $0.normalize = .text
                $0.target = .sample("v2")
            },
        ]
        let harness = Harness(flows: flows, shared: shared)
        for flow in flows.keys { _ = await harness.ask("Who is Jane.Doe@Example.com?", of: flow) }
        let report = await Self.purge(harness, "jane.doe@example.com")
        #expect(report == PurgeReport(memory: 2, shared: 2, store: 2))
        #expect(shared.entries.values.map(\.target) == [.sample("exact")])
        #expect(harness.store.entries.values.map(\.target) == [.sample("exact")])
        for flow in ["folded", "renamed"] {
            #expect(
                await harness.ask("Who is Jane.Doe@Example.com?", of: flow).cacheStatusText?.contains("miss") == true
            )
        }
        #expect(await harness.ask("Who is Jane.Doe@Example.com?", of: "exact").cacheStatusText?.contains("hit") == true)
        #expect(await Self.purge(harness, "Jane.Doe@Example.com").store == 3)
    }

    @Test("unlisted flows have the form of the defaults")
    func unlisted() async {
        let harness = Harness(flows: ["exact": .cached()], unlisted: .allow(.cached { $0.normalize = .text }))
        for flow in ["exact", "anything"] { _ = await harness.ask("Ask JANE", of: flow) }
        #expect(await Self.purge(harness, "ask jane").store == 1)
        #expect(harness.store.entries.values.map(\.target) == [.sample("exact")])
    }

    @Test("answers whose inputs are not stored are counted, and the purge is not complete")
    func unjudged() async {
        let shared = FakeResponseCache()
        let flows = ["kept": FlowSettings.cached(), "unkept": .cached { $0.storesInputs = false }]
        let harness = Harness(flows: flows, shared: shared)
        for question in ["about jane", "about joe"] {
            for flow in flows.keys { _ = await harness.ask(question, of: flow) }
        }
        let report = await Self.purge(harness, "jane")
        #expect(report == PurgeReport(memory: 1, shared: 1, store: 1, unjudged: 2))
        #expect(!report.isComplete)
        let flow = await harness.ambassador.purge(.flow(target: .sample("unkept")))
        #expect(flow == PurgeReport(memory: 2, shared: 2, store: 2))
        #expect(await Self.purge(harness, "jane").unjudged == 0)
    }

    @Test("what is under way is judged by what was asked, stored or not", .timeLimit(.minutes(1)))
    func underWay() async throws {
        let harness = Harness(flows: ["unkept": .cached { $0.storesInputs = false }])
        let gate = OneShot<Void>()
        harness.upstream.follow { call, number throws(UpstreamError) in
            if number == 0 { await gate.value() }
            return try await ScriptedUpstream.echo(call, number)
        }
        let asked = Task { await harness.ask("about jane", of: "unkept") }
        try await eventually("the call") { harness.upstream.calls.count == 1 }
        #expect(await Self.purge(harness, "jane").isComplete)
        gate.deliver(())
        #expect(await asked.value.status == 200)
        #expect(harness.store.entries.isEmpty)
        #expect(harness.ambassador.statistics.memoryEntries == 0)
    }

    @Test("a replica compares in its flows' own form what another was asked to purge")
    func follower() async {
        let harness = Harness(flows: ["faq": .cached { $0.normalize = .text }])
        _ = await harness.ask("Who is JANE")
        let selection = PurgeSelection(text: .init(ByteBuffer(string: "jane")))
        await harness.ambassador.follow(SharedPurge(selection: selection, time: harness.clock.wall))
        #expect(harness.store.entries.isEmpty)
        #expect(harness.ambassador.statistics.memoryEntries == 0)
    }
}
