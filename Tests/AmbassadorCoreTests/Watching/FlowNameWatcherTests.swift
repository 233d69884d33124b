import AmbassadorTesting
import Logging
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("One flow by all its names")
struct FlowNameWatcherTests {
    private func watcher(
        _ harness: Harness,
        _ source: FakeLangFlow,
        _ notes: FakeNotes = FakeNotes()
    ) -> FlowNameWatcher {
        FlowNameWatcher(
            harness.ambassador.parts.flows,
            source: source,
            notes: notes,
            interval: .seconds(60),
            clocks: harness.clock.clocks,
            sleeper: harness.clock.sleeper,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    private static let hit = "ambassador; hit; ttl=100; detail=memory"

    private static let settings = FlowSettings.cached(ttl: .seconds(100), staleIfError: .seconds(1000)) {
        $0.price.nanosPerCall = 7
    }

    @Test("by id and by name: one entry, one limit, one price, one pin, one line in the log")
    func oneFlow() async throws {
        let limit = try RateLimit(name: "flow", by: [.flow], rate: Rate(count: 4, periodSeconds: 3600))
        let harness = Harness(flows: ["faq": Self.settings], limits: [limit])
        let id = flowID(1).description
        // Not known yet: another flow.
        #expect(await harness.ask("q", of: id).status == 404)
        let source = FakeLangFlow([FlowIdentity(1, "faq"), FlowIdentity(2, "other")])
        #expect(await self.watcher(harness, source).check(wasAway: false) == false)
        #expect(await harness.ask("q", of: id).cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await harness.ask("q", of: "faq").cacheStatusText == Self.hit)
        #expect(await harness.ask("q", of: id).cacheStatusText == Self.hit)
        #expect(harness.upstream.calls.map(\.target.description) == ["faq"])
        let key = CacheKey(
            scope: CacheScope(tenant: .default, target: try #require(FlowName("faq"))),
            input: try #require(harness.audit.records.last?.subject.fields.inputHash)
        )
        let pinned = await harness.ambassador.pin(key, text: ByteBuffer(string: "pinned"), author: "a", reason: "r")
        #expect(pinned == .done)
        #expect(await harness.ask("q", of: id, wantsText: true).text == "pinned")
        #expect(await harness.ask("q", of: "faq").status == 429)
        #expect(await harness.ask("q", of: id).status == 429)
        let records = harness.audit.records.dropFirst()
        #expect(
            records.allSatisfy {
                $0.subject.fields.flow?.description == "faq" && $0.subject.fields.target?.description == "faq"
            }
        )
        #expect(records.map(\.costNanos).reduce(0, +) == 7)
        #expect(records.map(\.savedNanos).reduce(0, +) == 21)
        #expect(harness.ambassador.target(ofFlow: flowID(1))?.description == "faq")
        #expect(await harness.ask("q", of: "other").status == 404)
    }

    @Test("of several flows that run one target, its own one is meant by its other names")
    func severalOfOneTarget() async throws {
        let target = FlowName("faq")
        let harness = Harness(flows: ["brief": .cached { $0.target = target }, "faq": .cached()])
        _ = await self.watcher(harness, FakeLangFlow([FlowIdentity(1, "faq")])).check(wasAway: false)
        #expect(harness.ambassador.parts.flows.listedFlow(named: flowID(1))?.name == target)
    }

    @Test("a target that is an id is known by its endpoint name, too")
    func byEndpointName() async throws {
        let settings = FlowSettings.cached(ttl: .seconds(100)) { $0.target = flowID(1) }
        let harness = Harness(flows: ["questions": settings])
        let source = FakeLangFlow([FlowIdentity(1, "faq")])
        _ = await self.watcher(harness, source).check(wasAway: false)
        _ = await harness.ask("q", of: "faq")
        for name in ["questions", flowID(1).description, "faq"] {
            #expect(await harness.ask("q", of: name).cacheStatusText == Self.hit)
        }
        // Renamed: the old name is nobody's.
        source.change { $0.flows = [FlowIdentity(1, "answers")] }
        _ = await self.watcher(harness, source).check(wasAway: false)
        #expect(await harness.ask("q", of: "answers").cacheStatusText == Self.hit)
        #expect(await harness.ask("q", of: "faq").status == 404)
        #expect(harness.upstream.calls.map(\.target) == [flowID(1)])
    }

    @Test("a name that is given to another flow takes entry, limit and price along, and old answers are stale")
    func moved() async throws {
        let harness = Harness(flows: ["faq": Self.settings])
        let source = FakeLangFlow([FlowIdentity(1, "faq")])
        let watcher = self.watcher(harness, source)
        _ = await watcher.check(wasAway: false)
        _ = await harness.ask("q", of: flowID(1).description)
        source.change { $0.flows = [FlowIdentity(1, "old"), FlowIdentity(2, "faq")] }
        _ = await watcher.check(wasAway: false)
        harness.clock.advance(by: .milliseconds(1))
        // The flow that had the name is not listed any more.
        #expect(await harness.ask("q", of: flowID(1).description).status == 404)
        #expect(await harness.ask("q", of: "old").status == 404)
        #expect(await harness.ask("q", of: flowID(2).description).cacheStatusText == "ambassador; fwd=stale; stored")
        #expect(await harness.ask("q", of: "faq").cacheStatusText == Self.hit)
        #expect(harness.upstream.calls.map(\.target.description) == ["faq", "faq"])
    }

    @Test("a flow that is deleted is one flow still, whose answers are there in an outage alone")
    func deleted() async throws {
        let harness = Harness(flows: ["faq": Self.settings])
        let (source, notes) = (FakeLangFlow([FlowIdentity(1, "faq")]), FakeNotes())
        let watcher = self.watcher(harness, source, notes)
        _ = await watcher.check(wasAway: false)
        _ = await harness.ask("q")
        // A list that is not whole says nothing of what is not in it.
        source.change { ($0.flows, $0.isComplete) = ([], false) }
        _ = await watcher.check(wasAway: false)
        #expect(await harness.ask("q", of: flowID(1).description).cacheStatusText == Self.hit)
        source.change { $0.isComplete = true }
        _ = await watcher.check(wasAway: false)
        harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
        for name in ["faq", flowID(1).description] {
            #expect(await harness.ask("q", of: name).degradation == .stale)
            #expect(await harness.ask("r", of: name).status == 503)
        }
        // Its name is another flow's now, and so is not its own any more.
        source.change { $0.flows = [FlowIdentity(2, "new"), FlowIdentity(1, "back")] }
        _ = await watcher.check(wasAway: false)
        #expect(await harness.ask("q", of: flowID(1).description).status == 404)
    }

    @Test("what was learned holds after a restart while LangFlow is away, and a change meanwhile is noticed")
    func restart() async throws {
        let (store, notes) = (FakeResponseCache(), FakeNotes())
        let before = Harness(flows: ["faq": Self.settings], store: store)
        let source = FakeLangFlow([FlowIdentity(1, "faq")])
        _ = await self.watcher(before, source, notes).check(wasAway: false)
        _ = await before.ask("q")
        source.change { $0.isAway = true }
        let after = Harness(flows: ["faq": Self.settings], store: store)
        let watcher = self.watcher(after, source, notes)
        await watcher.restore()
        #expect(await watcher.check(wasAway: false))
        #expect(await after.ask("q", of: flowID(1).description).cacheStatusText?.contains("hit") == true)
        source.change { ($0.flows, $0.isAway) = ([FlowIdentity(2, "faq")], false) }
        #expect(await watcher.check(wasAway: true) == false)
        let again = Harness(flows: ["faq": Self.settings], store: store)
        await self.watcher(again, source, notes).restore()
        #expect(await again.ask("q", of: flowID(1).description).status == 404)
        #expect(await again.ask("q", of: flowID(2).description).cacheStatusText == "ambassador; fwd=stale; stored")
    }

    @Test("an alias holds until LangFlow runs another flow by it")
    func aliases() async throws {
        let settings = FlowSettings.cached(ttl: .seconds(100)) {
            $0.aliases = Set([flowID(1).description, "help"].compactMap { FlowName($0) })
        }
        let harness = Harness(flows: ["faq": settings])
        _ = await harness.ask("q")
        for name in [flowID(1).description, "help"] {
            #expect(await harness.ask("q", of: name).cacheStatusText == Self.hit)
        }
        let source = FakeLangFlow([FlowIdentity(1, "older"), FlowIdentity(2, "faq")])
        _ = await self.watcher(harness, source).check(wasAway: false)
        #expect(await harness.ask("q", of: flowID(1).description).status == 404)
        for name in ["help", flowID(2).description] {
            #expect(await harness.ask("q", of: name).cacheStatusText == Self.hit)
        }
    }

    @Test("what is listed keeps its name, two flows with one name have none, and an older list is not taken")
    func odd() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(100)), flowID(1).description: .cached()])
        let registry = harness.ambassador.parts.flows
        let now = harness.clock.clocks.wall()
        func list(_ flows: [FlowIdentity], _ at: UInt64) -> FlowList {
            FlowList(flows, askedAt: .uptimeNanoseconds(at))
        }
        _ = registry.learn(
            list([FlowIdentity(1, "faq"), FlowIdentity(2, "twice"), FlowIdentity(3, "twice")], 2),
            at: now
        )
        #expect(registry.listedFlow(named: flowID(1))?.name == flowID(1))
        #expect(registry.listedFlow(named: try #require(FlowName("twice"))) == nil)
        #expect(registry.learn(list([], 1), at: now).isEmpty)
        #expect(registry.known(try #require(FlowName("faq")))?.isGone == false)
        // That the name is two flows' now says nothing of the one that had it.
        #expect(registry.learn(list([FlowIdentity(1, "faq"), FlowIdentity(4, "faq")], 3), at: now).isEmpty)
    }

    @Test("an id that the newest list gives to another listed flow is that flow's, though the list is not complete")
    func idGivenOn() throws {
        for _ in 0..<20 {
            let harness = Harness(flows: ["echo": .cached(), "premium": .cached()])
            let flows = harness.ambassador.parts.flows
            let before = [FlowIdentity(1, "echo"), FlowIdentity(2, "premium")]
            _ = flows.learn(FlowList(before, askedAt: harness.clock.now), at: harness.clock.wall)
            harness.clock.advance(by: .seconds(1))
            let after = FlowList([FlowIdentity(2, "echo")], isComplete: false, askedAt: harness.clock.now)
            _ = flows.learn(after, at: harness.clock.wall)
            #expect(flows.listedFlow(named: flowID(2))?.name == .sample("echo"))
        }
    }

    @Test("what is remembered of a request ends where its name means another flow")
    func shortcuts() async throws {
        let harness = Harness(flows: ["faq": Self.settings], unlisted: .allow(.cached(ttl: .seconds(100))))
        let epoch = harness.ambassador.parts.flows.epoch
        let source = FakeLangFlow([FlowIdentity(1, "faq")])
        let watcher = self.watcher(harness, source)
        _ = await watcher.check(wasAway: false)
        let learned = harness.ambassador.parts.flows.epoch
        #expect(learned > epoch)
        _ = await watcher.check(wasAway: false)
        #expect(harness.ambassador.parts.flows.epoch == learned)
        source.change { $0.flows = [FlowIdentity(2, "faq")] }
        _ = await watcher.check(wasAway: false)
        #expect(harness.ambassador.parts.flows.epoch > learned)
    }

    @Test("who may call a flow may call it by all its names, and nobody else may by any")
    func permissions() async throws {
        let harness = Harness(
            flows: ["faq": .cached { $0.aliases = Set([FlowName("help")].compactMap { $0 }) }],
            authenticator: ScriptedAuthenticator([
                "own": try Self.caller("run:faq", "refresh:faq"), "id": try Self.caller("run:\(flowID(1))", "run:help"),
            ])
        )
        _ = await self.watcher(harness, FakeLangFlow([FlowIdentity(1, "faq")])).check(wasAway: false)
        for name in ["faq", "help", flowID(1).description] {
            #expect(await harness.ask("q", of: name, credential: .apiKey(Secret("own"))).status == 200)
            #expect(await harness.ask("q", of: name, credential: .apiKey(Secret("id"))).status == 403)
            let anew = await harness.ask("q", of: name, cacheControl: "no-cache", credential: .apiKey(Secret("own")))
            #expect(anew.cacheStatusText == "ambassador; fwd=request; stored")
        }
    }

    private static func caller(_ grants: String...) throws -> Caller {
        Caller(principal: "p", tenant: .default, permissions: Permissions(try grants.map { try Permissions.Grant($0) }))
    }
}
