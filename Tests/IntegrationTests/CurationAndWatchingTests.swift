import AmbassadorCore
import AmbassadorTesting
import ArgumentParser
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorSQLite
@testable import ambassador

/// Pins, tombstones and watched versions of a whole ambassador, over restarts.
@Suite struct CurationAndWatchingTests {
    /// The key of the one stored answer.
    private static func key(in store: String) async throws -> String {
        let source = SQLiteEntrySource(path: store)
        try await eventually("stored") { try await source.entries(flow: nil, tenant: nil, limit: 2).rows.count == 1 }
        return try #require(try await source.entries(flow: nil, tenant: nil, limit: 1).rows.first?.first).plainText
    }

    private static func decision(_ key: String, text: String? = nil) -> JSONValue {
        var members = [JSONMember("key", .text(key)), JSONMember("reason", .text("because"))]
        if let text { members.append(JSONMember("text", .text(text))) }
        return .object(members)
    }

    @Test("a pin outlives purges and restarts until it is taken back, and is on record", .timeLimit(.minutes(1)))
    func pin() async throws {
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let store = try temporaryStore()
        let key = try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) {
            running in
            _ = try await running.ask("q")
            let key = try await Self.key(in: store)
            try await running.admin.curate("pin", Self.decision(key, text: "We are open."))
            _ = try await running.admin.purge(PurgeRequest(all: true))
            return key
        }
        try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) { running in
            let pinned = try await running.ask("q")
            #expect(pinned.cacheStatus == "ambassador; hit; detail=pinned")
            #expect(pinned.body.contains("We are open."))
            #expect(try await running.admin.marks().first?["reason"]?.string?.text == "because")
            try await running.admin.curate("tombstone", Self.decision(key))
            #expect(try await running.ask("q").cacheStatus == "ambassador; fwd=bypass; detail=tombstone")
        }
        try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) { running in
            #expect(try await running.ask("q").cacheStatus == "ambassador; fwd=bypass; detail=tombstone")
            try await running.admin.curate("unpin", Self.decision(key))
            #expect(try await running.ask("q").cacheStatus == "ambassador; fwd=miss; stored")
            await #expect(throws: CommandFailure.self) {
                try await running.admin.curate("unpin", Self.decision(key))
            }
        }
        let changes = try await SQLiteAuditSource(path: store).rows(
            sql: "SELECT subject || ' ' || outcome FROM admin_changes WHERE action = 'admin:write' ORDER BY id",
            limit: 10
        )
        #expect(
            changes.rows.map { $0[0].plainText } == [
                "pin key=\(key) done", "tombstone key=\(key) done", "unpin key=\(key) done", "unpin key=\(key) failed",
            ]
        )
        #expect(
            try await SQLiteAuditSource(path: store).rows(
                sql: "SELECT detail FROM audit WHERE detail = 'pinned'",
                limit: 9
            )
            .rows.count == 1
        )
        await upstream.shutdown()
    }

    @Test("decisions about one key at once leave memory and disk agreed", .timeLimit(.minutes(1)))
    func parallelDecisions() async throws {
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let store = try temporaryStore()
        let keys = (0..<30).map { number in
            CacheKey(scope: CacheScope(high: 1, low: 2), input: InputHash(words: (number, 3, 4, 5)))
        }
        let inForce = try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) {
            running in
            let ambassador = running.assembly.ambassador
            await withTaskGroup(of: Void.self) { group in
                for (round, key) in (0..<6).flatMap({ round in keys.map { (round, $0) } }) {
                    let text = ByteBuffer(string: "text \(round)")
                    group.addTask { _ = await ambassador.pin(key, text: text, author: "a", reason: "\(round)") }
                    group.addTask { _ = await ambassador.tombstone(key, author: "b", reason: "\(round)") }
                    group.addTask { _ = await ambassador.unpin(key) }
                }
            }
            return Self.summary(ambassador.curationMarks)
        }
        let reopened = try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) {
            running in Self.summary(running.assembly.ambassador.curationMarks)
        }
        #expect(reopened == inForce)
        await upstream.shutdown()
    }

    private static func summary(_ marks: [CurationMark]) -> [String] {
        marks.map { "\($0.key) \($0.kind) \($0.author) \($0.reason)" }.sorted()
    }

    @Test("a tombstone whose row was damaged is one all the same, and readiness says so", .timeLimit(.minutes(1)))
    func damagedTombstone() async throws {
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let store = try temporaryStore()
        let key = try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) {
            running in
            _ = try await running.ask("q")
            let key = try await Self.key(in: store)
            try await running.admin.curate("tombstone", Self.decision(key))
            return key
        }
        try Connection(path: DatabaseFile(store).path, access: .readWrite)
            .execute("UPDATE curation SET checksum = zeroblob(32), kind = 'tombstonf'")
        try await withAmbassador(upstream: upstream.url, store: store, settings: EndToEndTests.faq) { running in
            #expect(try await running.ask("q").cacheStatus == "ambassador; fwd=bypass; detail=tombstone")
            let readiness = try await running.get("/readyz")
            #expect(readiness.status == 200)
            #expect(readiness.body.contains("1 damaged and held as tombstones"))
            try await running.admin.curate("tombstone", Self.decision(key))
            #expect(try await !running.get("/readyz").body.contains("tombstones"))
        }
        await upstream.shutdown()
    }

    @Test("cache list finds the answers of a flow that has a target, as cache purge does", .timeLimit(.minutes(1)))
    func listByFlow() async throws {
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let store = try temporaryStore()
        let settings = """
            flows:
              faq: {target: faq_v2, ttl: 1h, session: ignore}
              other: {ttl: 1h, session: ignore}
            """
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { running in
            _ = try await running.ask("q")
            _ = try await running.ask("q", of: "other")
            let source = SQLiteEntrySource(path: store)
            try await eventually("stored") {
                try await source.entries(flow: nil, tenant: nil, limit: 3).rows.count == 2
            }
            for (name, target) in [("faq", "faq_v2"), ("faq_v2", "faq_v2"), ("other", "other"), ("none", "none")] {
                let list = try CacheListCommand.parse(["--config", store + ".yaml", "--flow", name])
                let found = try list.store.target(ofFlow: list.selection.flow)
                #expect(found == FlowName(target))
                let rows = try await source.entries(flow: found, tenant: nil, limit: 3).rows
                #expect(rows.map { $0[2].plainText } == (name == "none" ? [] : [target]))
            }
            let purged = try await running.admin.purge(PurgeRequest(flow: FlowName("faq")))
            #expect(purged.store == 1)
        }
        await upstream.shutdown()
    }

    @Test("a change in LangFlow makes answers stale, also one while the ambassador was down", .timeLimit(.minutes(1)))
    func watch() async throws {
        let state = TokenBox()
        let upstream = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { request in
            if request.requestLine.hasPrefix("GET") { return .answer(#"{"version_token":"\#(state.value)"}"#) }
            let answer = ScriptedUpstream.answer("an answer", session: "", input: "q")
            return .answer(String(decoding: answer.body.readableBytesView, as: UTF8.self))
        }
        let settings = """
            flows:
              faq:
                target: 00000000-0000-4000-8000-000000000001
                ttl: 1h
                stale_if_error: 1d
                session: ignore
                watch_version: 100ms
            """
        let store = try temporaryStore()
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { running in
            _ = try await running.ask("q")
            try await eventually("asked") { upstream.requests.contains { $0.requestLine.hasPrefix("GET") } }
            #expect(try await running.ask("q").cacheStatus.contains("hit"))
            state.value = "v2"
            try await eventually("stale") { try await running.ask("q").cacheStatus.hasPrefix("ambassador; fwd=stale") }
            try await eventually("fresh") { try await running.ask("q").cacheStatus.contains("hit") }
        }
        state.value = "v3"
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { running in
            try await eventually("stale") { try await running.ask("q").cacheStatus.hasPrefix("ambassador; fwd=stale") }
        }
        await upstream.shutdown()
    }

    private final class TokenBox: Sendable {
        private let token = Mutex("v1")

        var value: String {
            get { self.token.withLock { $0 } }
            set { self.token.withLock { $0 = newValue } }
        }
    }
}
