import AmbassadorTesting
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorCore

/// The short way to a hit is left wherever something has changed.
@Suite("The short way to a hit")
struct HitTests {
    /// A caller whose credential can end, and a verdict that can change.
    private final class Gatekeeper: Authenticator {
        private let caller: Mutex<Caller?>
        private let changes = Atomic<UInt64>(0)

        init(_ caller: Caller) {
            self.caller = Mutex(caller)
        }

        func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
            if let caller = self.caller.withLock({ $0 }) { .accepted(caller) } else { .rejected(.unknownKey) }
        }
        /// Accepts this caller from now on, or nobody.
        func accept(_ caller: Caller?) { self.caller.withLock { $0 = caller } }
        var epoch: UInt64 { self.changes.load(ordering: .relaxed) }
        func change() { self.changes.add(1, ordering: .relaxed) }
    }

    /// One loop's shortcuts before a pipeline, and one request that was a hit already.
    private struct Loop {
        let harness: Harness
        let shortcuts: Shortcuts
        let head: CallHead
        let body = ByteBuffer(string: #"{"flow_id":"faq","input":"q"}"#)

        init(_ harness: Harness, head: CallHead = CallHead(route: .runFlow), places: Int = 8_192) async {
            self.harness = harness
            self.shortcuts = Shortcuts(placeCount: places)
            self.head = head
            // A miss, and a hit that is remembered.
            for _ in 0..<2 { await self.decide() }
        }

        /// Sends a request the way of all requests.
        func decide(head: CallHead? = nil, body: ByteBuffer? = nil, from address: String = "192.0.2.1") async {
            let request = self.request(head ?? self.head, body ?? self.body, from: address)
            _ = await self.harness.ambassador.decide(request, remembering: self.shortcuts).response
        }

        private func request(_ head: CallHead, _ body: ByteBuffer, from address: String) -> Request {
            Request(
                head: head,
                traceID: .random(),
                body: body,
                clientAddress: address,
                receivedAt: self.harness.clock.now
            )
        }

        func hit(head: CallHead? = nil, body: ByteBuffer? = nil, from address: String = "192.0.2.1") -> Response? {
            let decision = (body ?? self.body).withUnsafeReadableBytes { bytes in
                self.harness.ambassador.hit(
                    RepeatedRequest(
                        head: head ?? self.head,
                        body: bytes,
                        traceID: nil,
                        clientAddress: address,
                        receivedAt: self.harness.clock.now
                    ),
                    in: self.shortcuts
                )
            }
            if case .answered(let response)? = decision { return response }
            return nil
        }
    }

    private func caller(expiresAt: Timestamp? = nil, permissions: Permissions = .all) -> Caller {
        Caller(principal: "ci", tenant: nil, permissions: permissions, expiresAt: expiresAt)
    }

    @Test("a request in the same bytes is answered and recorded as the hit before it was")
    func repeated() async throws {
        let loop = await Loop(Harness(flows: ["faq": .cached()]))
        loop.harness.clock.advance(by: .milliseconds(900))
        let response = try #require(loop.hit())
        #expect(response.status == 200 && response.cacheStatusText == "ambassador; hit; ttl=59; detail=memory")
        let records = loop.harness.audit.records
        #expect(records.map(\.outcome) == [.miss, .hit, .hit])
        #expect(records[2].responseBytes == response.content.byteCount && records[2].detail == .memory)
        #expect(records[1].inputHash == records[2].inputHash && records[1].principal == records[2].principal)
        #expect(records[1].flow == records[2].flow && records[1].clientAddress == records[2].clientAddress)
        #expect(records[1].input == records[2].input && records[1].answer == records[2].answer)
        #expect(loop.harness.upstream.calls.count == 1)
    }

    @Test("another head, body or address is another request")
    func other() async {
        let loop = await Loop(Harness(flows: ["faq": .cached()]))
        #expect(loop.hit(head: CallHead(route: .runFlow)) == nil)
        #expect(loop.hit(body: ByteBuffer(string: #"{"flow_id":"faq","input":"r"}"#)) == nil)
        #expect(loop.hit(from: "192.0.2.2") == nil)
        #expect(loop.hit() != nil)
        #expect(loop.harness.audit.records.count == 3)
    }

    @Test("a verdict that changed, a credential that ended, and a clock that was set back end it")
    func standing() async throws {
        let gatekeeper = Gatekeeper(self.caller())
        let changed = await Loop(Harness(flows: ["faq": .cached()], authenticator: gatekeeper))
        #expect(changed.hit() != nil)
        gatekeeper.change()
        #expect(changed.hit() == nil)

        let clock = MockClock()
        let expiresAt = clock.clocks.wall().advanced(by: .milliseconds(500))
        let ended = await Loop(
            Harness(flows: ["faq": .cached()], authenticator: Gatekeeper(self.caller(expiresAt: expiresAt)))
        )
        #expect(ended.hit() != nil)
        ended.harness.clock.advance(by: .milliseconds(500))
        #expect(ended.hit() == nil)

        let later = await Loop(Harness(flows: ["faq": .cached()], authenticator: Gatekeeper(self.caller())))
        later.harness.clock.advance(by: .seconds(1))
        #expect(later.hit() == nil)
    }

    @Test("a verdict found anew for one request holds for others with its head, unless it makes the caller another one")
    func renewal() async {
        let gatekeeper = Gatekeeper(self.caller())
        let loop = await Loop(Harness(flows: ["faq": .cached()], authenticator: gatekeeper))
        let other = ByteBuffer(string: #"{"flow_id":"faq","input":"r"}"#)
        await loop.decide(body: other)
        await loop.decide(body: other)
        loop.harness.clock.advance(by: .seconds(1))
        #expect(loop.hit() == nil && loop.hit(body: other) == nil)
        await loop.decide(body: other)
        #expect(loop.hit() != nil && loop.hit(body: other) != nil)

        gatekeeper.accept(self.caller(permissions: Permissions([Permissions.Grant(.run)])))
        #expect(loop.hit() != nil)
        loop.harness.clock.advance(by: .seconds(1))
        await loop.decide(body: other)
        #expect(loop.hit() == nil && loop.hit(body: other) != nil)
    }

    @Test("a credential that is accepted no more, of which nobody was told, is good for a second at most")
    func revoked() async {
        let gatekeeper = Gatekeeper(self.caller())
        let loop = await Loop(Harness(flows: ["faq": .cached()], authenticator: gatekeeper))
        gatekeeper.accept(nil)
        loop.harness.clock.advance(by: .milliseconds(999))
        #expect(loop.hit() != nil)
        loop.harness.clock.advance(by: .milliseconds(1))
        // Refused in the long way, which renews nothing.
        await loop.decide()
        #expect(loop.hit() == nil)
        #expect(loop.harness.audit.records.map(\.outcome) == [.miss, .hit, .hit, .refused])
    }

    @Test("a thousand questions, and a hundred callers and a hundred addresses that ask the same, find their places")
    func places() async {
        let loop = await Loop(Harness(flows: ["faq": .cached()]))
        let bodies = (0..<1_000).map { ByteBuffer(string: #"{"flow_id":"faq","input":"q\#($0)"}"#) }
        let heads = (0..<100).map { _ in CallHead(route: .runFlow) }
        for body in bodies {
            await loop.decide(body: body)
            await loop.decide(body: body)
        }
        let addresses = (0..<100).map { "198.51.100.\($0)" }
        for head in heads { await loop.decide(head: head) }
        for address in addresses { await loop.decide(from: address) }
        // Where five meet, which the seed of the hash makes rare, the last one has none.
        #expect(bodies.count { loop.hit(body: $0) != nil } >= 980)
        #expect(heads.count { loop.hit(head: $0) != nil } >= 90)
        #expect(addresses.count { loop.hit(from: $0) != nil } >= 90)
    }

    @Test("where all places are taken, a request gets that of the oldest when it comes twice, and only then")
    func fullPlaces() async {
        let loop = await Loop(Harness(flows: ["faq": .cached()]), places: 4)
        let bodies = (0..<5).map { ByteBuffer(string: #"{"flow_id":"faq","input":"\#($0)"}"#) }
        // Misses, and the hits of three beside the one that is there.
        for body in bodies { await loop.decide(body: body) }
        for body in bodies[..<3] { await loop.decide(body: body) }
        #expect(loop.hit() != nil && bodies[..<3].allSatisfy { loop.hit(body: $0) != nil })

        for body in bodies[3...] + bodies[3...] { await loop.decide(body: body) }
        #expect(loop.hit() != nil && bodies[..<3].allSatisfy { loop.hit(body: $0) != nil })
        #expect(bodies[3...].allSatisfy { loop.hit(body: $0) == nil })

        await loop.decide(body: bodies[4])
        #expect(loop.hit() == nil && bodies[..<3].allSatisfy { loop.hit(body: $0) != nil })
        #expect(loop.hit(body: bodies[4]) != nil && loop.hit(body: bodies[3]) == nil)
    }

    @Test("places of requests whose head comes no more are taken at once")
    func lapsedPlaces() async {
        let gatekeeper = Gatekeeper(self.caller())
        let loop = await Loop(Harness(flows: ["faq": .cached()], authenticator: gatekeeper), places: 4)
        let bodies = (0..<5).map { ByteBuffer(string: #"{"flow_id":"faq","input":"\#($0)"}"#) }
        for body in bodies[..<3] + bodies[..<3] { await loop.decide(body: body) }
        loop.harness.clock.advance(by: .seconds(1))
        let head = CallHead(route: .runFlow)
        for body in bodies[3...] + bodies[3...] { await loop.decide(head: head, body: body) }
        #expect(bodies[3...].allSatisfy { loop.hit(head: head, body: $0) != nil })
    }

    @Test("an entry that was purged or is stale, and a key that an operator has decided about, are not for it")
    func entries() async throws {
        let purged = await Loop(Harness(flows: ["faq": .cached()]))
        _ = await purged.harness.ambassador.purge(PurgeSelection(tenant: nil))
        #expect(purged.hit() == nil)

        let stale = await Loop(Harness(flows: ["faq": .cached(ttl: .milliseconds(100), staleIfError: .seconds(60))]))
        #expect(stale.hit() != nil)
        stale.harness.clock.advance(by: .milliseconds(200))
        #expect(stale.hit() == nil)
    }

    @Test("an entry that was purged is kept by nobody once the loop has seen another request")
    func memory() async throws {
        let loop = await Loop(Harness(flows: ["faq": .cached()]))
        #expect(loop.hit() != nil)
        weak var entry: CacheEntry?
        do {
            let key = CacheKey(
                scope: CacheScope(tenant: .default, target: .sample("faq")),
                input: try #require(loop.harness.audit.records[0].inputHash)
            )
            entry = loop.harness.ambassador.parts.memory.entry(for: key, at: loop.harness.clock.now)
        }
        #expect(entry != nil)
        _ = await loop.harness.ambassador.purge(PurgeSelection())
        #expect(loop.hit(body: ByteBuffer(string: "{}")) == nil)
        #expect(entry == nil)
    }

    @Test("it takes a token as every request does, and none where a limit refuses or the audit log is full")
    func limits() async throws {
        let limit = try RateLimit(name: "per_tenant", by: [.tenant], rate: Rate(count: 4, periodSeconds: 60))
        let loop = await Loop(Harness(flows: ["faq": .cached()], limits: [limit]))
        #expect(loop.hit()?.limit?.remaining == 1)
        #expect(loop.hit()?.limit?.remaining == 0)
        #expect(loop.hit() == nil)
        #expect(await loop.harness.ask("q").status == 429)

        let full = await Loop(
            Harness(flows: ["faq": .cached()], audit: RecordingAuditLog(places: 3), limits: [limit])
        )
        #expect(full.hit()?.limit?.remaining == 1)
        #expect(full.hit() == nil)
        #expect(full.harness.audit.records.count == 3)
    }
}
