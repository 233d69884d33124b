import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite("What LangFlow says of its flows over HTTP")
struct HTTPFlowSourceTests {
    private static let id = "00000000-0000-4000-8000-000000000001"
    /// As LangFlow 1.13 answers.
    private static let state = """
        {"version_token":"d1413077-983e-4c45-a76f-0f6534e484e4","last_modified_by":"387d3d23-fa32-45c7-b08b-48ee113236c7",\
        "last_modified_by_username":"admin","updated_at":"2026-11-22T14:13:58.915913Z"}
        """
    private static let list = """
        [{"id":"00000000-0000-4000-8000-000000000003","name":"Fails","endpoint_name":"fails"},\
        {"id":"\(Self.id)","name":"Echo","endpoint_name":"echo","updated_at":"2026-11-22T14:13:58+00:00"},\
        {"id":"00000000-0000-4000-8000-000000000004","name":"Nameless","endpoint_name":null}]
        """

    private func withSource(
        _ script: @escaping TestUpstream.Script,
        _ body: (TestUpstream, HTTPFlowSource) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await TestUpstream.start(on: group, script: script)
        let configuration = try UpstreamConfiguration(url: try UpstreamURL(server.url), apiKey: Secret("sk-secret"))
        let source = HTTPFlowSource(configuration: configuration, group: group)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server, source))
        } catch {
            result = .failure(error)
        }
        await source.shutdown()
        await server.shutdown()
        try await group.shutdownGracefully()
        try result.get()
    }

    @Test("an id is asked for with our key and nothing else")
    func byID() async throws {
        let script: TestUpstream.Script = { _ in .answer(Self.state) }
        try await self.withSource(script) { server, source in
            let version = try await source.version(ofFlow: try #require(FlowName(Self.id)))
            #expect(version == .token("d1413077-983e-4c45-a76f-0f6534e484e4"))
            let request = try #require(server.requests.first)
            #expect(request.requestLine == "GET /api/v1/flows/\(Self.id)/version-state HTTP/1.1")
            #expect(request.field("x-api-key") == "sk-secret")
            #expect(request.body.isEmpty)
        }
    }

    @Test("the list is asked for once by all who want it at the same time, and again once it is older than wanted")
    func list() async throws {
        let script: TestUpstream.Script = { _ in .answer(Self.list) }
        try await self.withSource(script) { server, source in
            try await withThrowingTaskGroup(of: FlowList.self) { group in
                for _ in 0..<20 { group.addTask { try await source.flows(maxAge: .seconds(60)) } }
                for try await list in group {
                    #expect(list.isComplete)
                    #expect(
                        list.flows
                            == [
                                FlowIdentity(id: try Self.name(3), endpointName: FlowName("fails"), title: "Fails"),
                                FlowIdentity(id: try Self.name(1), endpointName: FlowName("echo"), title: "Echo"),
                                FlowIdentity(id: try Self.name(4), endpointName: nil, title: "Nameless"),
                            ]
                    )
                }
            }
            #expect(server.requests.count == 1)
            let request = try #require(server.requests.first)
            #expect(
                request.requestLine
                    == "GET /api/v1/flows/?get_all=true&remove_example_flows=true&header_flows=true HTTP/1.1"
            )
            #expect(request.field("x-api-key") == "sk-secret")
            _ = try await source.flows(maxAge: .zero)
            #expect(server.requests.count == 2)
        }
    }

    private static func name(_ number: Int) throws -> FlowName {
        try #require(FlowName("00000000-0000-4000-8000-00000000000\(number)"))
    }

    @Test("a list that does not come is not asked for by each who waits")
    func listAway() async throws {
        let script: TestUpstream.Script = { _ in .answer("[", status: "500 Internal Server Error") }
        try await self.withSource(script) { server, source in
            for _ in 0..<3 {
                await #expect(throws: UpstreamError.self) { try await source.flows(maxAge: .seconds(60)) }
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        "what is no list is none, and flows without an id are left out",
        arguments: [
            ("{}", nil), ("", nil), ("null", nil), ("[1,null,{}]", 0),
            (#"[{"id":"no-uuid","name":"x","endpoint_name":"x"}]"#, 0),
            (#"[{"id":"00000000-0000-4000-8000-000000000001","name":7,"endpoint_name":"a b"},[]]"#, 1),
        ] as [(String, Int?)]
    )
    func oddLists(body: String, count: Int?) async throws {
        let script: TestUpstream.Script = { _ in .answer(body) }
        try await self.withSource(script) { _, source in
            guard let count else {
                await #expect(throws: UpstreamError.self) { try await source.flows(maxAge: .zero) }
                return
            }
            let list = try await source.flows(maxAge: .zero)
            #expect(list.flows.count == count)
            #expect(!list.isComplete)
            #expect(list.flows.allSatisfy { $0.endpointName == nil && $0.title.isEmpty })
        }
    }

    @Test("more flows than are kept, and more bytes than are read")
    func longLists() async throws {
        let ids = (1...FlowList.countMax + 1).map { String(format: "%012d", $0) }
        let many = ids.map { #"{"id":"00000000-0000-4000-8000-\#($0)","name":"n","endpoint_name":"e\#($0)"}"# }
        let flood = "[" + String(repeating: " ", count: 4 << 20) + "]"
        let script: TestUpstream.Script = { request in
            .answer(request.requestLine.contains("/flows/?") ? "[\(many.joined(separator: ","))]" : flood)
        }
        try await self.withSource(script) { _, source in
            let list = try await source.flows(maxAge: .zero)
            #expect(list.flows.count == FlowList.countMax)
            #expect(!list.isComplete)
        }
        let floods: TestUpstream.Script = { _ in .answer(flood) }
        try await self.withSource(floods) { _, source in
            await #expect(throws: UpstreamError.self) { try await source.flows(maxAge: .zero) }
        }
    }

    @Test(
        "a flow is gone where LangFlow says so, not where a gateway or a LangFlow without the route does",
        arguments: [
            (#"{"detail":"Flow not found"}"#, true), (#"{"detail":"Not Found"}"#, false), ("<html>404</html>", false),
            (#"{"error":"nothing here"}"#, false), (#"{"detail":7}"#, false), ("", false),
        ]
    )
    func gone(body: String, isGone: Bool) async throws {
        let script: TestUpstream.Script = { _ in .answer(body, status: "404 Not Found") }
        try await self.withSource(script) { _, source in
            let version = try? await source.version(ofFlow: try Self.name(1))
            #expect(version == (isGone ? .gone : nil))
        }
    }

    @Test(
        "what is no version is none",
        arguments: [
            "", "[]", "{}", #"{"version_token":1}"#, #"{"version_token":""}"#, #"{"version_token":"a b"}"#,
            #"{"version_token":"é"}"#, #"{"version_token":"LONG"}"#, #"{"version_token":"a","version_token":"b"}"#,
        ]
    )
    func malformed(body: String) async throws {
        let body = body.replacing("LONG", with: String(repeating: "a", count: VersionToken.bytesMax + 1))
        let script: TestUpstream.Script = { _ in .answer(body) }
        try await self.withSource(script) { _, source in
            await #expect(throws: UpstreamError.self) {
                try await source.version(ofFlow: try #require(FlowName(Self.id)))
            }
        }
    }

    @Test("a flood, a redirect and a refusal are errors")
    func others() async throws {
        let replies: [TestUpstream.Reply] = [
            .answer(String(repeating: " ", count: 65 << 10)),
            .answer("", status: "307 Temporary Redirect", fields: ["Location: http://127.0.0.1:9/"]),
            .answer("{}", status: "403 Forbidden"), .raw("HTTP/1.1 200 OK\r\n\r\n", end: .reset),
        ]
        for reply in replies {
            let script: TestUpstream.Script = { _ in reply }
            try await self.withSource(script) { _, source in
                await #expect(throws: UpstreamError.self) {
                    try await source.version(ofFlow: try #require(FlowName(Self.id)))
                }
            }
        }
    }
}
