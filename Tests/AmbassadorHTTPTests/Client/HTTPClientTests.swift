import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import AmbassadorHTTP

#if canImport(Glibc)
import Glibc
#endif

/// The client of LangFlow and others, before servers that break the rules.
@Suite("HTTP client") struct HTTPClientTests {
    private static func with(
        threads: Int = 1,
        script: @escaping TestUpstream.Script,
        _ body: (TestUpstream, HTTPClient) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let server = try await TestUpstream.start(on: group, script: script)
        let client = HTTPClient(
            origin: HTTPOrigin(isTLS: false, place: HostAndPort(host: "127.0.0.1", port: server.port)),
            configuration: HTTPClientConfiguration(),
            group: group
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server, client))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        await server.shutdown()
        try await group.shutdownGracefully()
        try result.get()
    }

    /// Asks for a path.
    private static func ask(_ client: HTTPClient, _ path: String) async -> String {
        do throws(HTTPCallError) {
            let answer = try await client.send(
                HTTPRequest(.GET, path, fields: [:]),
                bytesMax: 1 << 20,
                deadline: .now() + .seconds(10)
            )
            return String(buffer: answer.body)
        } catch {
            return "\(error)"
        }
    }

    private static func path(of request: RecordedRequest) -> String {
        String(request.requestLine.split(separator: " ")[1])
    }

    private static func answer(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test(
        "what stands behind an answer never answers the next call",
        arguments: [
            answer("/other"), "HTTP/1.1 200 OK\r\nContent-Le", "\r\n", "\r\n\r\n",
            "HTTP/1.1 408 Request Timeout\r\n\r\n",
            "\u{0}", "0\r\n\r\n",
        ]
    )
    func leftovers(behind: String) async throws {
        try await Self.with(
            script: { .raw(Self.answer(Self.path(of: $0)) + behind) },
            { server, client in
                for number in 1...5 {
                    #expect(await Self.ask(client, "/\(number)") == "/\(number)")
                    #expect(server.connections == number)
                }
            }
        )
    }

    @Test(
        "many calls from many threads, before a server that ends connections behind answers, get their own or are lost"
    )
    func races() async throws {
        try await Self.with(
            threads: 4,
            script: { request in
                let body = Self.path(of: request)
                return .raw(Self.answer(body), end: [.keepOpen, .close, .reset].randomElement() ?? .close)
            },
            { _, client in
                let outcomes = await withTaskGroup(of: (String, String).self) { group in
                    for caller in 0..<8 {
                        group.addTask {
                            var (last, wrong) = ("", "")
                            for number in 0..<250 {
                                last = await Self.ask(client, "/\(caller)/\(number)")
                                if last != "/\(caller)/\(number)", !last.hasPrefix("the connection was ") {
                                    wrong = last
                                }
                            }
                            return (last, wrong)
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.count == 8)
                #expect(outcomes.allSatisfy { $0.1.isEmpty }, "\(outcomes)")
            }
        )
    }

    @Test("an idle connection is closed after a while, and one that the server writes on at once")
    func idle() async throws {
        try await Self.with(
            script: { request in
                .stream(fields: ["Content-Type: text/plain"]) { writer in
                    try await writer.sendChunk(Self.path(of: request))
                    try await writer.sendLastChunk()
                    try await writer.send("HTTP/1.1 500 Unasked\r\nContent-Length: 0\r\n\r\n")
                    return .keepOpen
                }
            },
            { server, client in
                #expect(await Self.ask(client, "/1") == "/1")
                try await eventually("closed") { server.closedConnections == 1 }
                #expect(await Self.ask(client, "/2") == "/2")
            }
        )
    }

    @Test(
        "what this host lacks is told from what the other side refuses",
        arguments: [EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL, ECONNREFUSED, EHOSTUNREACH, ETIMEDOUT]
    )
    func shortages(code: CInt) {
        let error = HTTPCallError(connecting: IOError(errnoCode: code, reason: "connect"))
        let isOurs = [EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL].contains(code)
        #expect(UpstreamError(error).word == (isOurs ? "noResources" : "unreachable"))
    }
}
