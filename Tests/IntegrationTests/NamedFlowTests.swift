import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ambassador

/// A flow that is called by its id and by its endpoint name, before a stand-in for LangFlow whose flows change.
@Suite struct NamedFlowTests {
    private static let (first, second) = (
        "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    )

    private final class Flows: Sendable {
        private let list: Mutex<String>

        init(_ flows: [(id: String, name: String)]) { self.list = Mutex(Self.json(flows)) }

        var json: String { self.list.withLock { $0 } }

        func become(_ flows: [(id: String, name: String)]) { self.list.withLock { $0 = Self.json(flows) } }

        private static func json(_ flows: [(id: String, name: String)]) -> String {
            "[" + flows.map { #"{"id":"\#($0.id)","name":"F","endpoint_name":"\#($0.name)"}"# }.joined(separator: ",")
                + "]"
        }
    }

    @Test(
        "one entry by both names, also after the name moved; what was answered before is stale",
        .timeLimit(.minutes(1))
    )
    func oneFlow() async throws {
        let flows = Flows([(Self.first, "faq")])
        let upstream = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { request in
            if request.requestLine.hasPrefix("GET") { return .answer(flows.json) }
            let answer = ScriptedUpstream.answer("an answer", session: "", input: "q")
            return .answer(String(decoding: answer.body.readableBytesView, as: UTF8.self))
        }
        let settings = """
            unlisted_flows: deny
            flows:
              faq: {ttl: 1h, stale_if_error: 1d, session: ignore}
            """
        let store = try temporaryStore()
        try await withAmbassador(
            upstream: upstream.url,
            upstreamSettings: ", flow_names: 100ms",
            store: store,
            settings: settings
        ) { running in
            @Sendable func ask(_ name: String) async throws -> RunningAmbassador.Answer {
                try await running.post(#"{"input_value":"q"}"#, to: "/api/v1/run/\(name)")
            }
            try await eventually("the id is known") { try await ask(Self.first).status == 200 }
            for name in ["faq", Self.first] {
                #expect(try await ask(name).cacheStatus.hasPrefix("ambassador; hit"))
            }
            let list = try await running.get("/api/v1/flows/")
            #expect(list.body.hasPrefix(#"[{"id":"\#(Self.first)","name":"F","endpoint_name":"faq","#))
            flows.become([(Self.first, "before"), (Self.second, "faq")])
            try await eventually("the name is another flow's") { try await ask(Self.second).status == 200 }
            // What was asked in the very millisecond of the change is stale once more.
            try await eventually("fresh") { try await ask("faq").cacheStatus.hasPrefix("ambassador; hit") }
            #expect(try await ask(Self.first).status == 404)
            #expect(try await running.get("/api/v1/flows/").body.contains(Self.second))
            flows.become([])
            try await eventually("the flow is gone") {
                try await ask("faq").cacheStatus.hasPrefix("ambassador; fwd=stale")
            }
            #expect(try await running.get("/api/v1/flows/").body == "[]")
            let source = SQLiteEntrySource(path: store)
            for name in ["faq", Self.second] {
                #expect(try await source.entries(flow: FlowName(name), tenant: nil, limit: 3).rows.count == 1)
            }
        }
        let runs = upstream.requests.filter { $0.requestLine.hasPrefix("POST") }
        #expect(runs.allSatisfy { $0.requestLine.hasPrefix("POST /api/v1/run/faq?") })
        #expect(runs.count >= 3)
        await upstream.shutdown()
    }
}
