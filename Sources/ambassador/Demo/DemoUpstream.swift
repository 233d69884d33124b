import AmbassadorCore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A small stand-in for LangFlow, for trying the ambassador without one.
///
/// It speaks LangFlow's run call for any flow, answers after a second, as a flow with an LLM would, and can go away for a while.
struct DemoUpstream: Service {
    let address: (host: String, port: Int)
    let answerTime: Duration
    let group: any EventLoopGroup
    let logger: Logger

    /// Serves until shutdown; at each outage the listener is closed, so that connections are refused as by a dead LangFlow.
    func run() async throws {
        while !Task.isShuttingDownGracefully {
            guard let outage = try await self.serveUntilOutage() else { return }
            self.logger.warning("demo upstream is away", metadata: ["seconds": "\(outage.components.seconds)"])
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: outage) }
            self.logger.info("demo upstream is back")
        }
    }

    /// - Returns: how long the outage lasts that was asked for; `nil` at shutdown.
    private func serveUntilOutage() async throws -> Duration? {
        let (outages, announce) = AsyncStream.makeStream(of: Duration.self, bufferingPolicy: .bufferingNewest(1))
        return try await withThrowingTaskGroup(of: Duration?.self) { tasks in
            tasks.addTask {
                try await self.application(announcing: announce).run()
                return nil
            }
            tasks.addTask {
                for await outage in outages.cancelOnGracefulShutdown() { return outage }
                return nil
            }
            let outage = try await tasks.next() ?? nil
            tasks.cancelAll()
            return outage
        }
    }

    private func application(
        announcing outages: AsyncStream<Duration>.Continuation
    ) -> some ApplicationProtocol {
        let router = Router()
        router.post("/api/v1/run/:flow") { request, _ in
            let body = try await request.body.collect(upTo: 4 * 1024 * 1024)
            try await Task.sleep(for: self.answerTime)
            return try Self.answer(to: body)
        }
        router.post("/outage") { request, _ in
            let seconds = request.uri.queryParameters["seconds"].flatMap { Int($0) } ?? 60
            guard (1...3600).contains(seconds) else { throw HTTPError(.badRequest, message: "seconds is 1 to 3600") }
            outages.yield(.seconds(seconds))
            return "The demo upstream is away for \(seconds) seconds.\n"
        }
        return Application(
            router: router,
            configuration: .init(address: .hostname(self.address.host, port: self.address.port)),
            eventLoopGroupProvider: .shared(self.group),
            logger: self.logger
        )
    }

    /// LangFlow's answer to a run: the question, answered with the time, so that a stored answer can be told from a new one.
    private static func answer(to body: ByteBuffer) throws -> Response {
        let run = try JSONParser.parse(body)
        let question = run["input_value"]?.string?.text ?? ""
        let session = run["session_id"]?.string?.text ?? ""
        let text = "You asked: \(question) — answered by the demo upstream at \(Clocks.system.wall().iso8601)."
        let answer = FallbackAnswer.make(text: text, input: ByteBuffer(string: question))
        let content = AmbassadorCore.Response.Content.answer(answer, session: EscapedSessionID(session))
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: content.bytes)
        )
    }
}
