import AmbassadorCore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A small stand-in for LangFlow, for trying the ambassador without one.
///
/// It speaks LangFlow's run call for any flow, answers or streams for a second, as a flow with an LLM would, and can go away for a while.
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
            let run = try DemoRun(body: await request.body.collect(upTo: 4 * 1024 * 1024))
            guard request.uri.queryParameters["stream"] == "true" else {
                try await Task.sleep(for: self.answerTime)
                return Response(
                    status: .ok,
                    headers: [.contentType: "application/json"],
                    body: .init(byteBuffer: run.answer)
                )
            }
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream; charset=utf-8"],
                body: .init { writer in
                    let records = run.records
                    for record in records {
                        try await Task.sleep(for: self.answerTime / records.count)
                        try await writer.write(record)
                    }
                    try await writer.finish(nil)
                }
            )
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
}
