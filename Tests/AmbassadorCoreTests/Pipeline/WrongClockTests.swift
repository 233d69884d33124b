import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// A wall clock that is ahead for a moment, and what was dated by it.
@Suite struct WrongClockTests {
    private static let days = Duration.seconds(3 * 86_400)

    @Test(
        "what was stored while the clock was ahead gives way to what is stored once it is right",
        arguments: [true, false]
    )
    func entries(hasShared: Bool) async {
        let shared = hasShared ? FakeResponseCache() : nil
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(86_400 * 7))], shared: shared)
        harness.clock.stepWall(by: Self.days)
        _ = await harness.ask("q")
        harness.clock.stepWall(by: .zero - Self.days)
        harness.clock.advance(by: .seconds(1))
        #expect(await harness.ask("q").cacheStatusText?.contains("fwd=") == true)
        let hit = await harness.ask("q")
        #expect(hit.cacheStatusText?.contains("; hit; ") == true && hit.text.contains("answer 1"))
        #expect(harness.upstream.calls.count == 2)
    }

    @Test("what was stored while a request waited for a cache is not from its future", .timeLimit(.minutes(1)))
    func longLookUp() async throws {
        let store = FakeResponseCache()
        let harness = Harness(flows: ["faq": .cached()], store: store)
        let (asked, gate) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        store.afterLookup {
            asked.continuation.yield()
            for await _ in gate.stream { return }
        }
        let late = Task { await harness.ask("q") }
        for await _ in asked.stream { break }
        store.afterLookup {}
        harness.clock.advance(by: .seconds(8))
        _ = await harness.ask("q")
        gate.continuation.finish()
        #expect(await late.value.cacheStatusText?.contains("; hit; ") == true)
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("a change that was seen while the clock was ahead makes nothing stale that comes after it")
    func change() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(86_400 * 7))])
        _ = await harness.ask("q")
        harness.clock.stepWall(by: Self.days)
        let flow = try harness.ambassador.flow(named: .sample("faq"), authorize: { _ in })
        flow.becomeOutdated(at: harness.clock.wall)
        harness.clock.stepWall(by: .zero - Self.days)
        harness.clock.advance(by: .seconds(1))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=stale; stored")
        harness.clock.advance(by: .seconds(1))
        _ = await harness.ask("r")
        harness.clock.advance(by: .seconds(1))
        _ = await harness.ask("q")
        #expect(await harness.ask("q").cacheStatusText?.contains("; hit; ") == true)
        #expect(await harness.ask("r").cacheStatusText?.contains("; hit; ") == true)
        #expect(try #require(flow.becameOutdatedAt) <= harness.clock.wall)
    }

    @Test("what is stored right after a purge is found, in memory and beyond it", arguments: [true, false])
    func storedAfterPurge(hasShared: Bool) async {
        let (store, shared) = (FakeResponseCache(), FakeResponseCache())
        let one = Harness(flows: ["faq": .cached()], shared: hasShared ? shared : nil, store: store)
        _ = await one.ask("q")
        _ = await one.ambassador.purge(.all)
        _ = await one.ask("q")
        // As where memory has no room for it.
        one.ambassador.parts.memory.remove(.all)
        let found = await one.ask("q")
        #expect(found.cacheStatusText?.hasSuffix(hasShared ? "detail=redis" : "detail=store") == true)
        #expect(one.upstream.calls.count == 2)
    }

    @Test("a thousand purges by text that are carried out are no work for a look-up")
    func purgesAreForgotten() async {
        let harness = Harness(flows: ["faq": .cached()], shared: FakeResponseCache())
        for number in 0..<1_000 {
            _ = await harness.ambassador.purge(PurgeSelection(text: PurgeText(ByteBuffer(string: "text \(number)"))))
        }
        _ = await harness.ask("about text 7")
        harness.ambassador.parts.memory.remove(.all)
        #expect(await harness.ask("about text 7").cacheStatusText?.hasSuffix("detail=redis") == true)
        #expect(harness.ambassador.parts.purges.unfinished == 0)
    }
}
