import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// What operators decide about single answers, as callers see it.
@Suite("Pins and tombstones")
struct CurationTests {
    private func key(_ harness: Harness) throws -> CacheKey {
        try #require(harness.store.entries.keys.first)
    }

    @Test("a pinned text is the answer, whatever the request asks of the cache and however old it is")
    func pinnedText() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10))])
        _ = await harness.ask("q")
        let key = try self.key(harness)
        let text = ByteBuffer(string: "We are open from 9 to 5.")
        #expect(await harness.ambassador.pin(key, text: text, author: "ops", reason: "r") == .done)
        harness.clock.advance(by: .seconds(100_000))
        for directives in ["", "no-cache", "max-age=0", "no-store", "min-fresh=1000000", "only-if-cached"] {
            let answer = await harness.ask("q", wantsText: true, cacheControl: directives)
            #expect(answer.text == "We are open from 9 to 5.")
            #expect(answer.cacheStatusText == "ambassador; hit; detail=pinned")
            #expect(answer.ageSeconds == 100_000)
        }
        #expect(harness.upstream.calls.count == 1)
        #expect(harness.audit.records.last?.outcome == .hit)
        #expect(harness.audit.records.last?.detail == .pinned)
        #expect(harness.ambassador.curationMarks.map(\.author) == ["ops"])
    }

    @Test("a pinned answer carries the caller's own session")
    func session() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let key = try self.key(harness)
        #expect(await harness.ambassador.pin(key, text: nil, author: "ops", reason: "r") == .done)
        #expect(await harness.ask("q", session: "mine").text.contains(#""session_id":"mine""#))
        #expect(await harness.ask("q", wantsText: true).text == "answer 0 to q")
    }

    @Test("a pin outlives what is stored, purges included, and ends with an unpin")
    func unpin() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q")
        let key = try self.key(harness)
        _ = await harness.ambassador.pin(key, text: nil, author: "ops", reason: "r")
        _ = await harness.ambassador.purge(.all)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; detail=pinned")
        #expect(await harness.ambassador.unpin(key) == .done)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await harness.ambassador.unpin(key) == .notFound)
    }

    @Test("a flow of which nothing is cached can have a pinned answer")
    func uncached() async throws {
        let stored = Harness(flows: ["faq": .cached()])
        _ = await stored.ask("q")
        let key = try self.key(stored)
        let harness = Harness(flows: ["faq": .cached(ttl: .zero)])
        #expect(await harness.ambassador.pin(key, text: nil, author: "ops", reason: "r") == .notFound)
        #expect(await harness.ambassador.pin(key, text: ByteBuffer(string: "x"), author: "ops", reason: "r") == .done)
        #expect(await harness.ask("q", wantsText: true).text == "x")
        #expect(await harness.ask("another").cacheStatusText == "ambassador; fwd=bypass; detail=policy")
    }

    @Test("a tombstone removes what is stored and keeps nothing from then on, not even what is under way")
    func tombstone() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleIfError: .seconds(1000))])
        _ = await harness.ask("q")
        let key = try self.key(harness)
        harness.clock.advance(by: .seconds(11))
        let called = AsyncStream.makeStream(of: Void.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        harness.upstream.follow { call, number throws(UpstreamError) in
            called.continuation.yield()
            for await _ in gate.stream { break }
            return try await ScriptedUpstream.echo(call, number)
        }
        let underWay = Task { await harness.ask("q") }
        for await _ in called.stream { break }
        #expect(await harness.ambassador.tombstone(key, author: "ops", reason: "names a customer") == .done)
        gate.continuation.yield()
        _ = await underWay.value
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(harness.store.entries.isEmpty)
        for _ in 0..<2 {
            #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=bypass; detail=tombstone")
        }
        #expect(harness.store.entries.isEmpty)
        #expect(harness.upstream.calls.count == 4)
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        #expect(await harness.ask("q").status == 503)
        #expect(await harness.ask("q", cacheControl: "only-if-cached").status == 504)
        #expect(await harness.ambassador.unpin(key) == .done)
        harness.upstream.follow(ScriptedUpstream.echo)
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
    }

    @Test("in an outage a tombstone leaves the fallback")
    func fallback() async throws {
        let harness = Harness(flows: ["faq": .cached(staleIfError: .seconds(1000)) { $0.fallback = "away" }])
        _ = await harness.ask("q")
        _ = await harness.ambassador.tombstone(try self.key(harness), author: "ops", reason: "r")
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        #expect(await harness.ask("q", wantsText: true).text == "away")
    }

    @Test("a tenant's pin is not another tenant's answer")
    func tenants() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await harness.ask("q", tenant: "acme")
        _ = await harness.ambassador.pin(try self.key(harness), text: nil, author: "ops", reason: "r")
        #expect(await harness.ask("q", tenant: "beta").cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await harness.ask("q", tenant: "acme").cacheStatusText == "ambassador; hit; detail=pinned")
    }

    @Test("there are so many marks and bytes of them at most, and an answer over the limit is not pinned")
    func bounds() async throws {
        let table = CurationTable()
        func mark(_ number: UInt64, _ bytes: Int) -> CurationMark {
            let answer = Answer(body: ByteBuffer(repeating: 1, count: bytes), sessionOffsets: [], text: ByteBuffer())
            return CurationMark(
                key: .sample(number),
                kind: .pin(answer),
                author: "a",
                reason: "r",
                time: Timestamp(milliseconds: 0)
            )
        }
        #expect(!table.insert(mark(1, CurationTable.bytesMax)))
        #expect(table.insert(mark(1, CurationTable.bytesMax - 1_000)))
        #expect(!table.insert(mark(2, 1_000)))
        #expect(table.insert(mark(1, 1_000)))
        for number in 2...UInt64(CurationTable.marksMax) { #expect(table.insert(mark(number, 1))) }
        #expect(!table.insert(mark(0, 1)))
        #expect(table.remove(.sample(7)) != nil)
        #expect(table.insert(mark(0, 1)))
        let harness = Harness(flows: ["faq": .cached()], entryBytesMax: 600)
        let text = ByteBuffer(repeating: UInt8(ascii: "a"), count: 600)
        #expect(await harness.ambassador.pin(.sample(1), text: text, author: "a", reason: "r") == .noRoom)
    }
}
