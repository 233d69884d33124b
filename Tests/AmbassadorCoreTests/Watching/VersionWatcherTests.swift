import AmbassadorTesting
import Logging
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite("Watching a flow's version")
struct VersionWatcherTests {
    /// A LangFlow that says what a test wants, and tells when it is asked.
    private final class FakeSource: VersionSource {
        let token: Mutex<String?>
        let asked = Mutex<[FlowName]>([])

        init(_ token: String?) {
            self.token = Mutex(token)
        }

        func versionToken(of target: FlowName) async throws(UpstreamError) -> String {
            self.asked.withLock { $0.append(target) }
            guard let token = self.token.withLock({ $0 }) else { throw .unreachable(UpstreamCause(.refused)) }
            return token
        }
    }

    private final class FakeNotes: DurableNotes {
        let texts = Mutex<[String: String]>([:])

        func note(_ name: String) async -> String? { self.texts.withLock { $0[name] } }

        func keep(_ text: String, as name: String) async -> Bool {
            self.texts.withLock { $0[name] = text }
            return true
        }
    }

    private func watcher(_ harness: Harness, _ source: FakeSource, _ notes: FakeNotes) throws -> VersionWatcher {
        let watchers = VersionWatcher.all(
            harness.ambassador.listedFlows,
            source: source,
            notes: notes,
            clocks: harness.clock.clocks,
            sleeper: harness.clock.sleeper,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
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
        let (source, notes) = (FakeSource("v1"), FakeNotes())
        let watcher = try self.watcher(harness, source, notes)
        var known = await watcher.restored()
        #expect(await watcher.check(&known, wasAway: false) == false)
        _ = await harness.ask("q")
        harness.clock.advance(by: .seconds(10))
        #expect(await watcher.check(&known, wasAway: false) == false)
        #expect(await harness.ask("q").cacheStatusText?.contains("hit") == true)
        source.token.withLock { $0 = "v2" }
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
        let source = FakeSource("v1")
        let watcher = try self.watcher(harness, source, FakeNotes())
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await harness.ask("q")
        source.token.withLock { $0 = "v2" }
        harness.clock.advance(by: .seconds(20))
        _ = await watcher.check(&known, wasAway: false)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("what was under way during the change is stale when it comes")
    func underWay() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let source = FakeSource("v1")
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
        source.token.withLock { $0 = "v2" }
        _ = await watcher.check(&known, wasAway: false)
        gate.continuation.yield()
        _ = await asked.value
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("LangFlow being away changes nothing")
    func away() async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let (source, notes) = (FakeSource("v1"), FakeNotes())
        let watcher = try self.watcher(harness, source, notes)
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await harness.ask("q")
        source.token.withLock { $0 = nil }
        #expect(await watcher.check(&known, wasAway: false))
        #expect(await harness.ask("q").cacheStatusText?.contains("hit") == true)
        source.token.withLock { $0 = "v1" }
        #expect(await watcher.check(&known, wasAway: true) == false)
        #expect(await harness.ask("q").cacheStatusText?.contains("hit") == true)
    }

    @Test("a change while the ambassador was down is noticed, and one before that is not forgotten")
    func restart() async throws {
        let (store, notes) = (FakeResponseCache(), FakeNotes())
        let before = Harness(flows: ["faq": Self.watched], store: store)
        let source = FakeSource("v1")
        let watcher = try self.watcher(before, source, notes)
        var known = await watcher.restored()
        _ = await watcher.check(&known, wasAway: false)
        _ = await before.ask("q")
        source.token.withLock { $0 = "v2" }
        let after = Harness(flows: ["faq": Self.watched], store: store)
        let restarted = try self.watcher(after, source, notes)
        known = await restarted.restored()
        #expect(known.token == "v1")
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
        let source = FakeSource("v1")
        let watcher = try self.watcher(harness, source, FakeNotes())
        let running = Task { await watcher.run() }
        await harness.clock.waitForTimers(1)
        harness.clock.advance(by: .seconds(1))
        for count in 1...3 {
            await harness.clock.waitForTimers(1)
            #expect(source.asked.withLock { $0.count } == count)
            harness.clock.advance(by: .seconds(26))
            #expect(source.asked.withLock { $0.count } == count)
            harness.clock.advance(by: .seconds(7))
        }
        running.cancel()
        await running.value
        #expect(source.asked.withLock { Set($0) } == [try #require(target)])
    }

    @Test("what was kept by nobody we know is not believed", arguments: ["", "v1", "v1 x y", "v\u{E9} 1"])
    func foreignNote(text: String) async throws {
        let harness = Harness(flows: ["faq": Self.watched])
        let notes = FakeNotes()
        _ = await notes.keep(text, as: "flow-version:faq")
        #expect(await (try self.watcher(harness, FakeSource("v1"), notes)).restored() == VersionWatcher.Known())
    }
}
