import AmbassadorTesting
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite("A look-up on the event loop") struct LookUpTests {
    private let shared = FakeResponseCache()

    private func harness(durability: AuditDurability = .batched) -> Harness {
        Harness(flows: ["faq": .cached()], audit: RecordingAuditLog(durability: durability), shared: self.shared)
    }

    /// Has another replica put the answer to a question into the shared cache.
    private func fill(_ question: String) async {
        _ = await self.harness().ask(question)
    }

    private func request(_ question: String, _ harness: Harness) -> Request {
        Request(
            head: CallHead(route: .runFlow),
            traceID: .random(),
            body: ByteBuffer(string: #"{"flow_id":"faq","input":"\#(question)"}"#),
            clientAddress: nil,
            receivedAt: harness.clock.now
        )
    }

    /// Decides on a question as an event loop does, `meanwhile` while the shared cache is asked.
    private func decide(
        _ question: String,
        _ harness: Harness,
        meanwhile: () async -> Void = {}
    ) async throws -> Decision {
        guard case .asking(let ask) = harness.ambassador.decide(self.request(question, harness)) else {
            throw Unexpected()
        }
        let told = Mutex<[Decision]>([])
        #expect(ask { decision in told.withLock { $0.append(decision) } } == nil)
        await meanwhile()
        self.shared.tellFindings()
        let decisions = told.withLock { $0 }
        #expect(decisions.count == 1)
        return try #require(decisions.first)
    }

    private struct Unexpected: Error {}

    @Test("a hit is answered and recorded without a task, and is in memory then")
    func hit() async throws {
        await self.fill("q")
        let harness = self.harness()
        self.shared.answerLoops()
        guard case .answered(let response) = try await self.decide("q", harness) else { throw Unexpected() }
        #expect(response.cacheStatusText == "ambassador; hit; ttl=60; detail=redis")
        #expect(harness.audit.records.map(\.detail) == [.redis])
        #expect(harness.upstream.calls.isEmpty)
        guard case .answered(let again) = harness.ambassador.decide(self.request("q", harness)) else {
            throw Unexpected()
        }
        #expect(again.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
    }

    @Test("where nothing is found the request goes on, and the shared cache is not asked again")
    func miss() async throws {
        let harness = self.harness()
        self.shared.answerLoops()
        guard case .pending(let work) = try await self.decide("q", harness) else { throw Unexpected() }
        #expect(await work().cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(self.shared.lookups == 0)
        #expect(harness.upstream.calls.count == 1)
        #expect(harness.audit.records.count == 1)
    }

    @Test("what a purge has covered meanwhile is not taken")
    func purged() async throws {
        await self.fill("q")
        let harness = self.harness()
        self.shared.answerLoops()
        let entries = self.shared.entries
        let decision = try await self.decide("q", harness) {
            _ = await harness.ambassador.purge(.all)
            // As where another replica's insertion was under way.
            for entry in entries.values { self.shared.insert(entry, lifetime: .seconds(60)) }
        }
        guard case .pending(let work) = decision else { throw Unexpected() }
        #expect(await work().cacheStatusText == "ambassador; fwd=miss")
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("a value that is long to read is read by a task")
    func unread() async throws {
        await self.fill("q")
        let harness = self.harness()
        self.shared.answerLoops(unread: true)
        guard case .pending(let work) = try await self.decide("q", harness) else { throw Unexpected() }
        #expect(await work().cacheStatusText == "ambassador; hit; ttl=60; detail=redis")
        #expect(harness.upstream.calls.isEmpty && harness.audit.records.map(\.detail) == [.redis])
    }

    @Test("where the audit log is strict, the answer waits for its record")
    func strict() async throws {
        await self.fill("q")
        let harness = self.harness(durability: .strict)
        self.shared.answerLoops()
        let decision = try await self.decide("q", harness)
        guard case .committing = decision else { throw Unexpected() }
        #expect(await decision.response.cacheStatusText == "ambassador; hit; ttl=60; detail=redis")
        #expect(harness.audit.records.count == 1)
    }

    @Test("where the cache cannot be asked on this loop, a task asks it")
    func elsewhere() async throws {
        await self.fill("q")
        let harness = self.harness()
        let lookups = self.shared.lookups
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=redis")
        #expect(self.shared.lookups == lookups + 1)
    }
}
