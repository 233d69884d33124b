import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@Suite("LangFlow's health over HTTP")
struct HTTPHealthSourceTests {
    private func reading(_ script: @escaping TestUpstream.Script, isAway: Bool = false) async throws -> HealthReading? {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await TestUpstream.start(on: group, script: script)
        let configuration = try UpstreamConfiguration(
            url: try UpstreamURL("\(server.url)/langflow"),
            apiKey: Secret("sk-secret")
        )
        let source = HTTPHealthSource(configuration: configuration, path: "/health", group: group)
        if isAway { await server.shutdown() }
        let reading = await source.health()
        if let request = server.requests.first {
            #expect(request.requestLine == "GET /langflow/health HTTP/1.1")
            #expect(request.field("x-api-key") == "sk-secret")
            #expect(request.body.isEmpty)
        }
        await source.shutdown()
        await server.shutdown()
        try await group.shutdownGracefully()
        return reading
    }

    @Test("LangFlow's own answer says that it is well")
    func healthy() async throws {
        #expect(try await self.reading { _ in .answer(#"{"status":"ok"}"#) } == .healthy)
    }

    @Test("no connection, a lost one, a 5xx and silence say that it is not")
    func unhealthy() async throws {
        #expect(try await self.reading({ _ in .silence }, isAway: true) == .unhealthy(UpstreamFault.refused.phrase))
        #expect(
            try await self.reading { _ in .answer("", status: "503 Service Unavailable") }
                == .unhealthy("an answer with status 503")
        )
        #expect(
            try await self.reading { _ in .raw("", end: .close) }
                == .unhealthy(UpstreamFault.closed.phrase)
        )
        #expect(try await self.reading { _ in .silence } == .unhealthy("no answer within 2 s"))
    }

    @Test("what another than LangFlow may say, says nothing of it")
    func unusable() async throws {
        for status in ["404 Not Found", "401 Unauthorized", "307 Temporary Redirect", "204 No Content"] {
            let reading = try await self.reading { _ in .answer("", status: status) }
            #expect(reading == .unusable("an answer with status \(status.prefix(3))"))
        }
        let flood = String(repeating: " ", count: 65 << 10)
        #expect(try await self.reading { _ in .answer(flood) } == .unusable(UpstreamFault.tooLarge.phrase))
    }
}
