import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

/// Calls that get no answer, or get it at another time than expected.
extension HTTPUpstreamTests {
    @Test("nobody listening is unreachable")
    func refused() async throws {
        try await Self.run(
            script: { _ in .silence },
            body: { server, upstream, call in
                await server.shutdown()
                #expect(await Self.outcome(upstream, call) == "unreachable")
            }
        )
    }

    @Test("a host without an address is unreachable")
    func noSuchHost() async throws {
        let url = try UpstreamURL("http://no-such-host.invalid:7860")
        try await Self.run(
            script: { _ in .silence },
            body: { _, _, call in
                let upstream = HTTPUpstream(
                    configuration: try UpstreamConfiguration(url: url),
                    group: MultiThreadedEventLoopGroup.singleton
                )
                #expect(await Self.outcome(upstream, call) == "unreachable")
                await upstream.shutdown()
            }
        )
    }

    @Test("silence beyond the call's time is a time-out, and the connection is closed")
    func timeout() async throws {
        try await Self.run(
            timeout: .milliseconds(50),
            script: { _ in .silence },
            body: { server, upstream, call in
                #expect(await Self.outcome(upstream, call) == "timeout")
                #expect(server.requests.count == 1)
            }
        )
    }

    @Test("half an answer beyond the call's time is a time-out")
    func slowBody() async throws {
        let reply = TestUpstream.Reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}")
        try await Self.run(
            timeout: .milliseconds(50),
            script: { _ in reply },
            body: { _, upstream, call in
                #expect(await Self.outcome(upstream, call) == "timeout")
            }
        )
    }

    @Test("a connection closed or reset before the answer is lost", arguments: [false, true])
    func lost(byReset: Bool) async throws {
        let reply = TestUpstream.Reply(bytes: [], end: byReset ? .reset : .close)
        try await Self.run(
            script: { _ in reply },
            body: { server, upstream, call in
                #expect(await Self.outcome(upstream, call) == "connectionLost")
                #expect(server.requests.count == 1)
            }
        )
    }

    @Test("a call that is given up is cancelled")
    func cancelled() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        try await Self.run(
            script: { _ in
                arrival.yield()
                return .silence
            },
            body: { _, upstream, call in
                let task = Task { await Self.outcome(upstream, call) }
                for await _ in arrived { break }
                task.cancel()
                #expect(await task.value == "cancelled")
            }
        )
    }

    @Test("an early answer is passed on although the request's body was not read")
    func earlyAnswer() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await TestUpstream.start(on: group) { _ in
            .answer("{}", status: "413 Content Too Large", fields: ["Connection: close"])
        }
        let upstream = HTTPUpstream(
            configuration: try UpstreamConfiguration(url: try UpstreamURL(server.url)),
            group: group
        )
        let call = UpstreamCall(
            target: try #require(FlowName("faq")),
            body: ByteBuffer(repeating: 32, count: 1_000_000),
            globalVariables: [],
            traceID: .random(),
            timeout: .seconds(10)
        )
        #expect(await Self.outcome(upstream, call) == "413 {}")
        await upstream.shutdown()
        await server.shutdown()
    }

    @Test("a call after the shutdown is unreachable")
    func afterShutdown() async throws {
        try await Self.run(
            script: { _ in .answer("{}") },
            body: { _, upstream, call in
                await upstream.shutdown()
                #expect(await Self.outcome(upstream, call) == "unreachable")
            }
        )
    }

    @Test("preliminary answers without end are a time-out")
    func preliminaryAnswers() async throws {
        let flood = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 40_000)
        try await Self.run(
            timeout: .milliseconds(500),
            script: { _ in .raw(flood) },
            body: { server, upstream, call in
                #expect(await Self.outcome(upstream, call) == "timeout")
                #expect(server.requests.count == 1)
            }
        )
    }

    @Test("a connection that ends behind its answer costs no call twice", arguments: [false, true])
    func endBehindAnswer(byReset: Bool) async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        let reply = TestUpstream.Reply.raw(answer, end: byReset ? .reset : .close)
        try await Self.run(
            script: { _ in reply },
            body: { server, upstream, call in
                var outcomes: [String: Int] = [:]
                for _ in 0..<200 { outcomes[await Self.outcome(upstream, call), default: 0] += 1 }
                // The next call may have been written before the end of the connection was seen.
                #expect(Set(outcomes.keys).isSubset(of: ["200 {}", "connectionLost"]), "\(outcomes)")
                #expect(server.requests.count <= 200)
                #expect(outcomes["200 {}", default: 0] > 0)
            }
        )
    }
}
