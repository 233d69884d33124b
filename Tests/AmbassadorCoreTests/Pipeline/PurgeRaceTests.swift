import AmbassadorTesting
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite("A purge and what is under way")
struct PurgeRaceTests {
    /// A feed between replicas that a test writes and reads.
    private final class FakeFeed: ReplicaFeed {
        let told = Mutex<[PurgeSelection]>([])
        let waiting = Mutex<[ReplicaNews]>([])
        let places = Mutex<[String]>([])
        let notice: ReplicaNotice

        init(notice: ReplicaNotice = .told) {
            self.notice = notice
        }

        func publish(_ selection: PurgeSelection) async -> ReplicaNotice {
            self.told.withLock { $0.append(selection) }
            return self.notice
        }

        func news() async -> ReplicaNews? {
            self.waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }

        func noted(_ news: ReplicaNews) {
            self.places.withLock { $0.append(news.position) }
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

    @Test("in a thousand races nothing that was asked for before the purge is kept anywhere", .timeLimit(.minutes(2)))
    func thousandRaces() async {
        let shared = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], shared: shared)
        for round in 0..<1_000 {
            let called = AsyncStream.makeStream(of: Void.self)
            let gate = AsyncStream.makeStream(of: Void.self)
            harness.upstream.follow { call, number throws(UpstreamError) in
                called.continuation.yield()
                for await _ in gate.stream { break }
                return try await ScriptedUpstream.echo(call, number)
            }
            let asked = Task { await harness.ask("q\(round)") }
            for await _ in called.stream { break }
            // Under way; from here on nothing decides which comes first.
            async let purged = harness.ambassador.purge(round % 2 == 0 ? .all : .flow(target: .sample("faq")))
            gate.continuation.yield()
            _ = await (purged, asked.value)
            #expect(harness.ambassador.statistics.memoryEntries == 0)
            #expect(harness.store.entries.isEmpty && shared.entries.isEmpty)
        }
        #expect(harness.upstream.calls.count == 1_000)
    }

    @Test("a replica follows another's purge in memory and store, and what it has under way is not kept")
    func follower() async {
        let harness = Harness(flows: ["faq": .cached(), "other": .cached()])
        let (feed, notes) = (FakeFeed(), FakeNotes())
        let follower = ReplicaFollower(harness.ambassador, feed: feed, notes: notes)
        _ = await (harness.ask("q"), harness.ask("q", of: "other"))
        let called = AsyncStream.makeStream(of: Void.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            called.continuation.yield()
            for await _ in gate.stream { break }
            return try await ScriptedUpstream.echo(call, number)
        }
        let underWay = Task { await harness.ask("another") }
        for await _ in called.stream { break }
        let purge = SharedPurge(selection: .flow(target: .sample("faq")), time: harness.clock.wall)
        feed.waiting.withLock { $0 = [ReplicaNews(purges: [purge], refreshes: [], position: "7-0")] }
        await follower.follow()
        gate.continuation.yield()
        #expect(await underWay.value.cacheStatusText == "ambassador; fwd=miss")
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(feed.places.withLock { $0 } == ["7-0"])
        #expect(await notes.note(ReplicaFollower.positionNote) == "7-0")
        #expect(await harness.ask("q", of: "other").cacheStatusText?.contains("hit") == true)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(feed.told.withLock { $0 }.isEmpty)
    }

    @Test("what another replica fetched anew is taken from the shared cache")
    func refresh() async {
        let shared = FakeResponseCache()
        let (one, other) = (
            Harness(flows: ["faq": .cached()], shared: shared), Harness(flows: ["faq": .cached()], shared: shared)
        )
        let feed = FakeFeed()
        let follower = ReplicaFollower(other.ambassador, feed: feed, notes: FakeNotes())
        _ = await (one.ask("q"), other.ask("q"))
        one.clock.advance(by: .seconds(1))
        other.clock.advance(by: .seconds(1))
        _ = await one.ask("q", cacheControl: "no-cache")
        #expect(await other.ask("q", wantsText: true).text == "answer 0 to q")
        let refreshed = shared.entries.values.map { SharedRefresh(key: $0.key, storedAt: $0.storedAt) }
        feed.waiting.withLock { $0 = [ReplicaNews(purges: [], refreshes: refreshed, position: "0-0")] }
        await follower.follow()
        let fresh = await other.ask("q", wantsText: true)
        #expect(fresh.text == "answer 1 to q")
        #expect(fresh.cacheStatusText == "ambassador; hit; ttl=60; detail=redis")
    }

    @Test("an entry that a purge has not yet reached is not taken from the shared cache")
    func notYetRemoved() async {
        let shared = FakeResponseCache()
        let one = Harness(flows: ["faq": .cached()], shared: shared)
        let other = Harness(flows: ["faq": .cached()], shared: shared)
        _ = await one.ask("q")
        other.ambassador.forget(SharedPurge(selection: .all, time: other.clock.wall))
        #expect(await other.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
    }

    @Test("nor from the store, and a purge that takes long there holds up no later one", .timeLimit(.minutes(1)))
    func slowStore() async throws {
        let store = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached(), "other": .cached()], store: store)
        _ = await (harness.ask("q"), harness.ask("q", of: "other"))
        let gate = AsyncStream.makeStream(of: Void.self)
        store.beforeRemoval { for await _ in gate.stream { break } }
        let (feed, notes) = (FakeFeed(), FakeNotes())
        feed.waiting.withLock { waiting in
            waiting = ["faq", "other"].enumerated().map { number, flow in
                let purge = SharedPurge(selection: .flow(target: .sample(flow)), time: harness.clock.wall)
                return ReplicaNews(purges: [purge], refreshes: [], position: "\(number)-0")
            }
        }
        let follower = ReplicaFollower(harness.ambassador, feed: feed, notes: notes)
        let running = Task { await follower.run() }
        try await eventually("both are heard of") { feed.places.withLock { $0 } == ["0-0", "1-0"] }
        #expect(harness.ambassador.statistics.memoryEntries == 0)
        #expect(store.entries.count == 2)
        #expect(await harness.ask("q", of: "other").cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await notes.note(ReplicaFollower.positionNote) == nil)
        gate.continuation.finish()
        try await eventually("removed") { await notes.note(ReplicaFollower.positionNote) == "1-0" }
        running.cancel()
        await running.value
    }

    @Test("a purge says whether the other replicas know")
    func report() {
        #expect(PurgeReport(memory: 1, shared: nil, store: 1).isComplete)
        #expect(PurgeReport(memory: 1, shared: 1, store: 1, replicas: .told).isComplete)
        #expect(!PurgeReport(memory: 1, shared: nil, store: 1, replicas: .told).isComplete)
        #expect(!PurgeReport(memory: 1, shared: 1, store: 1, replicas: .pending).isComplete)
        #expect(!PurgeReport(memory: 1, shared: 1, store: nil, replicas: .told).isComplete)
        #expect(!PurgeReport(memory: 1, shared: 1, store: 1, replicas: .told, unjudged: 1).isComplete)
    }
}
