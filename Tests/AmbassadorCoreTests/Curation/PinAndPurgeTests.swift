import AmbassadorTesting
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorCore

/// A pin of what is stored, and a purge of it at the same time: what is purged is never pinned.
@Suite("A pin beside a purge", .timeLimit(.minutes(1)))
struct PinAndPurgeTests {
    /// Keeps nothing, and does something before a change has its turn.
    private struct SlowCuration: CurationStore {
        let before: @Sendable () async -> Void

        func marks() async -> KeptMarks? { KeptMarks([]) }

        func make(
            _ change: CurationChange,
            unless objection: @escaping @Sendable () -> CurationResult?,
            apply: @escaping @Sendable () -> Void
        ) async -> CurationResult {
            await self.before()
            if let result = objection() { return result }
            apply()
            return .done
        }
    }

    @Test("while the store is being cleared, nothing of it can be pinned", arguments: [false, true])
    func duringRemoval(isShared: Bool) async throws {
        let beyond = FakeResponseCache()
        let flows = ["faq": FlowSettings.cached()]
        let harness = isShared ? Harness(flows: flows, shared: beyond) : Harness(flows: flows, store: beyond)
        _ = await harness.ask("q")
        let key = try #require(beyond.entries.keys.first)
        let (reached, gate) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        beyond.beforeRemoval {
            reached.continuation.yield()
            for await _ in gate.stream { break }
        }
        let purge = Task { await harness.ambassador.purge(.key(key)) }
        for await _ in reached.stream { break }
        #expect(beyond.entries.count == 1)
        #expect(await harness.ambassador.pin(key, text: nil, author: "ops", reason: "r") == .notFound)
        gate.continuation.finish()
        _ = await purge.value
        #expect(harness.ambassador.curationMarks.isEmpty)
    }

    @Test("what was found before a purge is not pinned after it", arguments: ["memory", "store"])
    func foundBefore(place: String) async throws {
        let store = FakeResponseCache()
        let purge = Mutex<(@Sendable () async -> Void)?>(nil)
        let curation = SlowCuration { await purge.withLock { $0 }?() }
        let first = Harness(flows: ["faq": .cached()], store: store)
        _ = await first.ask("q")
        let harness = Harness(flows: ["faq": .cached()], store: store, curationStore: curation)
        if place == "memory" { _ = await harness.ask("q") }
        let key = try #require(store.entries.keys.first)
        let ambassador = harness.ambassador
        purge.withLock { $0 = { _ = await ambassador.purge(.key(key)) } }
        #expect(await ambassador.pin(key, text: nil, author: "ops", reason: "r") == .notFound)
        #expect(ambassador.curationMarks.isEmpty)
    }

    @Test("a text is pinned all the same, without what was asked") func text() async throws {
        let store = FakeResponseCache()
        let purge = Mutex<(@Sendable () async -> Void)?>(nil)
        let curation = SlowCuration { await purge.withLock { $0 }?() }
        let harness = Harness(flows: ["faq": .cached()], store: store, curationStore: curation)
        _ = await harness.ask("about Jane")
        let key = try #require(store.entries.keys.first)
        let ambassador = harness.ambassador
        purge.withLock { $0 = { _ = await ambassador.purge(.key(key)) } }
        let text = ByteBuffer(string: "no comment")
        #expect(await ambassador.pin(key, text: text, author: "ops", reason: "r") == .done)
        guard case .pin(let answer)? = ambassador.curationMarks.first?.kind else {
            Issue.record("nothing is pinned")
            return
        }
        #expect(String(buffer: answer.text) == "no comment")
        #expect(!String(buffer: answer.body).contains("Jane"))
    }
}
