import AmbassadorTesting
import Logging
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite("Watching a flow's version")
struct VersionWatcherTests {
    /// A LangFlow with one flow, of which a test says the version.
    private static func langFlow(_ token: String) -> FakeLangFlow {
        FakeLangFlow(
            [FlowIdentity(1, "faq"), FlowIdentity(2, "t")],
            versions: [flowID(1): .token(token), flowID(2): .token(token)]
        )
    }

    private func watcher(_ harness: Harness, _ source: FakeLangFlow, _ notes: FakeNotes) throws -> VersionWatcher {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let names = FlowNameWatcher(
            harness.ambassador.parts.flows,
            source: source,
            notes: notes,
            interval: .seconds(60),
            clocks: harness.clock.clocks,
            sleeper: harness.clock.sleeper,
            logger: logger
        )
        let watchers = VersionWatcher.all(
            harness.ambassador.listedFlows,
            source: source,
            names: names,
            notes: notes,
            clocks: harness.clock.clocks,
            sleeper: harness.clock.sleeper,
            logger: logger
        )
        #expect(watchers.count == 1)
        return try #require(watchers.first)
    }

    private static let watched = FlowSettings.cached(ttl: .seconds(100), staleIfError: .seconds(1000)) {
        $0.watchVersion = .seconds(30)
    }

    @Test("after a change what is stored is stale, but there in an outage; what comes after it is fresh")
    func change() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let (source, notes) = (Self.langFlow("v1"), FakeNotes())
        let watcher = try self.watcher(harness, source, notes)
        var known = await watcher.restored()
        #expect(await watcher.check(&known, wasAway: false) == false)
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(10))
        #expect(await watcher.check(&known, wasAway: false) == false)
        #expect(await harness.ask("q").cacheStatusText?.contains("hit") == true)
        source.change { $0.versions = [flowID(1): .token("v2")] }
        #expect(await watcher.check(&known, wasAway: false) == false)
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        #expect(await harness.ask("q", wantsText: true).degradation == .stale)
        #expect(await harness.ask("q", cacheControl: "stale-if-error=0").status == 503)
        #expect(await harness.ask("q", cacheControl: "only-if-cached, max-stale").status == 504)
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
        // Asked in the same millisecond as the change was seen: of which version it is, nobody knows.
        harness.clock.advance(by: .milliseconds(1))
        _ = await harness.ask("q")
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=100; detail=memory")
    }

    @Test("an older version's answer is not served while it is refreshed")
    func staleWhileRevalidate() async throws {
        let settings = FlowSettings.cached(ttl: .seconds(10), staleWhileRevalidate: .seconds(100)) {
            $0.watchVersion = .seconds(30)
        }
        let harness = Harness(flows: ["faq": settings])
        let source = Self.langFlow("v1")
        let watcher = try self.watcher(harness, source, FakeNotes())
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await harness.ask("q")
        source.change { $0.versions = [flowID(1): .token("v2")] }
        harness.clock.advance(by: .seconds(20))
        _ = await watcher.check(&known, wasAway: false)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("what was under way during the change is stale when it comes")
    func underWay() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let source = Self.langFlow("v1")
        let watcher = try self.watcher(harness, source, FakeNotes())
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        let clock = harness.clock
        let called = AsyncStream.makeStream(of: Void.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            called.continuation.yield()
            for await _ in gate.stream { break }
            clock.advance(by: .seconds(5))
            return try await ScriptedUpstream.echo(call, number)
        }
        let asked = Task { await harness.ask("q") }
        for await _ in called.stream { break }
        source.change { $0.versions = [flowID(1): .token("v2")] }
        _ = await watcher.check(&known, wasAway: false)
        gate.continuation.yield()
        _ = await asked.value
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("LangFlow being away changes nothing")
    func away() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let (source, notes) = (Self.langFlow("v1"), FakeNotes())
        let watcher = try self.watcher(harness, source, notes)
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await harness.ask("q")
        source.change { $0.isAway = true }
        #expect(await watcher.check(&known, wasAway: false))
        #expect(await harness.ask("q").cacheStatusText?.contains("hit") == true)
        source.change { $0.isAway = false }
        #expect(await watcher.check(&known, wasAway: true) == false)
        #expect(await harness.ask("q").cacheStatusText?.contains("hit") == true)
    }

    @Test("a change while the ambassador was down is noticed, and one before that is not forgotten")
    func restart() async throws {
        let (store, notes) = (FakeResponseCache(), FakeNotes())
        let before = Harness(flows: ["faq": Self.watched], store: store)
        let source = Self.langFlow("v1")
        let watcher = try self.watcher(before, source, notes)
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await before.ask("q")
        source.change { $0.versions = [flowID(1): .token("v2")] }
        let after = Harness(flows: ["faq": Self.watched], store: store)
        let restarted = try self.watcher(after, source, notes)
        known = await restarted.restored()
        #expect(known.version == .token("v1"))
        _ = await restarted.check(&known, wasAway: false)
        let again = Harness(flows: ["faq": Self.watched], store: store)
        #expect(await (try self.watcher(again, source, notes)).restored() == known)
        #expect(await again.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("it asks at once, then every interval, once for all flows of a target, until it is cancelled")
    func interval() async throws {
        let target = FlowName("t")
        let flows = ["a": Self.watched, "b": Self.watched].mapValues { settings in
            var settings = settings
            settings.target = target
            return settings
        }
        let harness = Harness(flows: flows.merging(["c": .cached()]) { first, _ in first })
        let source = Self.langFlow("v1")
        let watcher = try self.watcher(harness, source, FakeNotes())
        let running = Task { await watcher.run() }
        await harness.clock.waitForTimers(1)
        harness.clock.advance(by: .seconds(1))
        for count in 1...3 {
            await harness.clock.waitForTimers(1)
            #expect(source.contents.withLock { $0.asked.count } == count)
            harness.clock.advance(by: .seconds(26))
            #expect(source.contents.withLock { $0.asked.count } == count)
            harness.clock.advance(by: .seconds(7))
        }
        running.cancel()
        await running.value
        #expect(source.contents.withLock { Set($0.asked) } == [flowID(2)])
    }

    @Test(
        "what was kept by nobody we know is not believed",
        arguments: ["", "v1", "v1 x y", "v\u{E9} 1", "v1 ", "  1"]
    )
    func foreignNote(text: String) async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let notes = FakeNotes()
        _ = await notes.keep(text, as: "flow-version:faq")
        #expect(await (try self.watcher(harness, Self.langFlow("v1"), notes)).restored() == VersionWatcher.Known())
    }

    @Test("a flow that is gone makes what is stored stale, and is asked for again when it is back")
    func gone() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let (source, notes) = (Self.langFlow("v1"), FakeNotes())
        let watcher = try self.watcher(harness, source, notes)
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await harness.ask("q")
        source.change { $0.versions = [:] }
        #expect(await watcher.check(&known, wasAway: false) == false)
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        #expect(await harness.ask("q", wantsText: true).degradation == .stale)
        #expect(await harness.ask("q", cacheControl: "only-if-cached, max-stale").status == 504)
        #expect(await (try self.watcher(harness, source, notes)).restored() == known)
        harness.upstream.follow(ScriptedUpstream.echo)
        harness.clock.advance(by: .milliseconds(1))
        source.change { $0.versions = [flowID(1): .token("v1")] }
        _ = await watcher.check(&known, wasAway: false)
        harness.clock.advance(by: .milliseconds(1))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=100; detail=memory")
    }

    @Test("the name's id is asked for each time, so that the version is the one of the flow that has the name")
    func moved() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let source = Self.langFlow("v1")
        let watcher = try self.watcher(harness, source, FakeNotes())
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await harness.ask("q")
        source.change {
            $0.flows = [FlowIdentity(1, "old"), FlowIdentity(3, "faq")]
            $0.versions[flowID(3)] = .token("v1")
        }
        _ = await watcher.check(&known, wasAway: false)
        #expect(source.contents.withLock { $0.asked } == [flowID(1), flowID(3)])
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
        source.change { $0.flows = [FlowIdentity(1, "old")] }
        harness.clock.advance(by: .milliseconds(1))
        _ = await harness.ask("q")
        #expect(await watcher.check(&known, wasAway: false) == false)
        #expect(known.version == .gone)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }
}
