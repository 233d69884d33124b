import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@Suite("A flow's version over HTTP")
struct HTTPVersionSourceTests {
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
        _ body: (TestUpstream, HTTPVersionSource) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await TestUpstream.start(on: group, script: script)
        let configuration = try UpstreamConfiguration(url: try UpstreamURL(server.url), apiKey: Secret("sk-secret"))
        let source = HTTPVersionSource(configuration: configuration, group: group)
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
            let token = try await source.versionToken(of: try #require(FlowName(Self.id)))
            #expect(token == "d1413077-983e-4c45-a76f-0f6534e484e4")
            let request = try #require(server.requests.first)
            #expect(request.requestLine == "GET /api/v1/flows/\(Self.id)/version-state HTTP/1.1")
            #expect(request.field("x-api-key") == "sk-secret")
            #expect(request.body.isEmpty)
        }
    }

    @Test("an endpoint name is looked up once, and again where its flow is gone")
    func byName() async throws {
        let script: TestUpstream.Script = { request in
            if request.requestLine.contains("/flows/?") { return .answer(Self.list) }
            return request.requestLine.contains(Self.id)
                ? .answer(Self.state) : .answer(#"{"detail":"Flow not found"}"#, status: "404 Not Found")
        }
        try await self.withSource(script) { server, source in
            let echo = try #require(FlowName("echo"))
            for _ in 0..<2 { _ = try await source.versionToken(of: echo) }
            #expect(server.requests.count == 3)
            let fails = try #require(FlowName("fails"))
            for _ in 0..<2 {
                await #expect(throws: UpstreamError.self) { try await source.versionToken(of: fails) }
            }
            #expect(server.requests.count == 7)
            await #expect(
                throws: UpstreamError.invalid(UpstreamCause(.notJSON, "the list of flows has no such endpoint name"))
            ) {
                try await source.versionToken(of: try #require(FlowName("nobody")))
            }
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
                try await source.versionToken(of: try #require(FlowName(Self.id)))
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
                    try await source.versionToken(of: try #require(FlowName(Self.id)))
                }
            }
        }
    }
}
