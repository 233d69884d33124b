import AmbassadorTesting
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorCore
@testable import ambassador

/// Equal questions of three tenants, asked of a whole ambassador at once: each gets answers that were made for it alone.
@Suite struct TenantIsolationTests {
    private static let tenants = ["acme", "globex", "initech"]
    private static let requests = 50_000
    private static let callers = 64

    /// What stands in every answer that was made for a tenant: LangFlow gets a session that is the tenant's own.
    private static func mark(of tenant: TenantID) throws -> String {
        let session = try #require(SessionID("one session"))
        return "mark-" + session.scoped(to: tenant).description.prefix(8)
    }

    @Test("50,000 requests over memory, store, flights and an outage: no answer crosses")
    func isolated() async throws {
        let store = try temporaryStore()
        let keys = TestKeyFile(besideStore: store)
        var callers: [(key: Credential, mark: String, tenant: String)] = []
        for name in Self.tenants {
            let key = try keys.add("app", tenant: .named(name), "run")
            callers.append((.apiKey(Secret(key)), try Self.mark(of: .named(name)), name))
        }
        // Equal marks would find nothing.
        try #require(Set(callers.map(\.mark)).count == Self.tenants.count)
        let upstream = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { request in
            let members = ScriptedUpstream.members(of: ByteBuffer(bytes: request.body))
            let session = members["session_id"] ?? ""
            // Long enough that memory holds a part of all the answers only.
            let text = "mark-\(session.prefix(8)) " + String(repeating: "x", count: 4_000)
            return .answer(String(buffer: ScriptedUpstream.answer(text, session: session, input: "q").body))
        }
        let settings = """
            auth: {mode: api_keys, keys_file: "\(keys.path)"}
            hot_cache: {memory: 1MiB, entry_size_max: 64KiB}
            flows:
              kept: {ttl: 1h, session: ignore}
              brief: {ttl: 1ms, stale_while_revalidate: 1ms, stale_if_error: 7d, session: ignore}
              keyed: {ttl: 1h, session: key, stale_if_error: 7d}
            """
        let known = callers
        try await withAmbassador(upstream: upstream.url, store: store, settings: settings) { running in
            let ambassador = running.assembly.ambassador
            let tally = Tally()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.callers {
                    group.addTask {
                        while true {
                            let request = tally.next()
                            guard request < Self.requests else { return }
                            // Half of the way through, LangFlow goes away.
                            if request == Self.requests / 2 { await upstream.shutdown() }
                            var generator = SeededGenerator(seed: UInt64(request))
                            let caller = known[Int.random(in: 0..<3, using: &generator)]
                            let flow = ["kept", "brief", "keyed"][Int.random(in: 0..<3, using: &generator)]
                            let question = Int.random(in: 0..<150, using: &generator)
                            let response = await Self.ask(ambassador, flow, question, caller.key)
                            let body = String(buffer: response.content.bytes)
                            let isOwn = response.status != 200 || body.contains(caller.mark)
                            tally.count(response.status, crossed: isOwn ? nil : "\(caller.tenant): \(body.prefix(300))")
                        }
                    }
                }
            }
            #expect(tally.crossed == [])
            // What is not an answer is the outage; most are answers.
            let counts = tally.statuses
            #expect(counts[200, default: 0] > Self.requests / 2, "\(counts)")
            #expect(Set(counts.keys).isSubset(of: [200, 502, 503, 504]), "\(counts)")
        }
        let ways = try await SQLiteAuditSource(path: store).rows(
            sql: "SELECT DISTINCT outcome || coalesce(':' || detail, '') FROM audit",
            limit: 100
        ).rows.map { $0[0].plainText }
        // The test is one of all the ways to an answer only if it took them.
        #expect(
            Set(ways).isSuperset(of: ["hit:memory", "hit:store", "miss", "collapsed", "degraded:stale"]),
            "\(ways)"
        )
        let strangers = try await SQLiteAuditSource(path: store).rows(
            sql: "SELECT count(*), count(DISTINCT tenant) FROM audit WHERE outcome <> 'refresh'",
            limit: 1
        ).rows[0].map(\.plainText)
        #expect(strangers == ["\(Self.requests)", "3"])
    }

    private static func ask(
        _ ambassador: Ambassador,
        _ flow: String,
        _ question: Int,
        _ key: Credential
    ) async -> Response {
        let body = #"{"flow_id":"\#(flow)","input":"question \#(question)","session_id":"one session"}"#
        let request = Request(
            head: CallHead(route: .runFlow, credential: key),
            traceID: .random(),
            body: ByteBuffer(string: body),
            receivedAt: .now()
        )
        return await ambassador.decide(request).response
    }
}

/// What came of the requests so far.
private final class Tally: Sendable {
    private struct State {
        var requests = 0
        var statuses: [Int: Int] = [:]
        var crossed: [String] = []
    }

    private let state = Mutex(State())

    var statuses: [Int: Int] { self.state.withLock { $0.statuses } }
    var crossed: [String] { self.state.withLock { $0.crossed } }

    /// The number of the next request, from zero.
    func next() -> Int {
        self.state.withLock { state in
            defer { state.requests += 1 }
            return state.requests
        }
    }

    func count(_ status: Int, crossed: String?) {
        self.state.withLock { state in
            state.statuses[status, default: 0] += 1
            if let crossed { state.crossed.append(crossed) }
        }
    }
}
