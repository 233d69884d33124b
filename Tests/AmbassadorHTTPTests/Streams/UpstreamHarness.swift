import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorHTTP

/// A client of LangFlow's and a LangFlow that does as it is told, on one loop, for the length of a test.
struct UpstreamHarness {
    /// What becomes of one streamed call.
    enum Outcome: Equatable {
        case whole(String)
        case failed(String, after: String)
        /// Not a stream.
        case answer(Int)
    }

    struct NoStream: Error {}

    let server: TestUpstream
    let proxy: FaultProxy?
    let upstream: HTTPUpstream
    let call: UpstreamCall
    let turns: LoopTurns

    static func run(
        timeout: Duration = .seconds(30),
        configure: (inout UpstreamConfiguration) -> Void = { _ in },
        fault: FaultProxy.Plan? = nil,
        script: @escaping TestUpstream.Script,
        body: (UpstreamHarness) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await TestUpstream.start(on: group, script: script)
        var proxy: FaultProxy?
        if let fault { proxy = try await FaultProxy.start(before: server.port, on: group, plan: fault) }
        let port = proxy?.port ?? server.port
        var configuration = try UpstreamConfiguration(
            url: try UpstreamURL("http://127.0.0.1:\(port)"),
            apiKey: Secret("sk-secret")
        )
        configure(&configuration)
        let harness = UpstreamHarness(
            server: server,
            proxy: proxy,
            upstream: HTTPUpstream(configuration: configuration, group: group),
            call: UpstreamCall(
                target: try #require(FlowName("faq")),
                body: ByteBuffer(string: #"{"input_value":"hi"}"#),
                globalVariables: [],
                traceID: .random(),
                timeout: timeout
            ),
            turns: try await LoopTurns.make(on: group.next())
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(harness))
        } catch {
            result = .failure(error)
        }
        await harness.upstream.shutdown()
        await proxy?.shutdown()
        await server.shutdown()
        try await harness.turns.close()
        try await group.shutdownGracefully()
        try result.get()
    }

    /// A whole stream, each record a chunk.
    static func whole(_ records: [String]) -> TestUpstream.Reply {
        let chunks = records.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return .raw(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunks + "0\r\n\r\n"
        )
    }

    /// Begins a stream.
    func open() async throws -> any UpstreamBody {
        guard case .stream(let stream) = try await self.upstream.stream(self.call) else { throw NoStream() }
        return stream.body
    }

    /// Makes a call and reads it to its end.
    func outcome() async -> Outcome {
        var text = ""
        do throws(UpstreamError) {
            switch try await self.upstream.stream(self.call) {
            case .answer(let answer): return .answer(answer.status)
            case .stream(let stream):
                while let piece = try await stream.body.next() { text += String(buffer: piece) }
                return .whole(text)
            }
        } catch {
            return .failed(error.word, after: text)
        }
    }
}
