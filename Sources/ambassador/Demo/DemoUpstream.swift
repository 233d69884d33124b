import AmbassadorCore
import AmbassadorHTTP
import Logging
import NIOCore
import ServiceLifecycle

/// A small stand-in for LangFlow, for trying the ambassador without one.
///
/// It speaks LangFlow's run call for any flow, answers or streams for a second, as a flow with an LLM would, and can go away for a while.
struct DemoUpstream: Service {
    let address: (host: String, port: Int)
    let answerTime: Duration
    let group: any EventLoopGroup
    let logger: Logger
    /// Called once, when it listens for the first time.
    let onListening: @Sendable () throws -> Void

    /// Serves until shutdown; at each outage the listener is closed, so that connections are refused as by a dead LangFlow.
    func run() async throws {
        let (outages, announce) = AsyncStream.makeStream(of: Duration.self, bufferingPolicy: .bufferingNewest(1))
        var outage = outages.cancelOnGracefulShutdown().makeAsyncIterator()
        var isFirst = true
        while !Task.isShuttingDownGracefully {
            let server = self.server(announcing: announce)
            try await server.bind()
            if isFirst { try self.onListening() }
            isFirst = false
            let duration = await outage.next()
            await server.shutdown()
            guard let duration else { return }
            self.logger.warning("demo upstream is away", metadata: ["seconds": "\(duration.components.seconds)"])
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
            self.logger.info("demo upstream is back")
        }
    }

    private func server(announcing outages: AsyncStream<Duration>.Continuation) -> HTTPServer {
        var configuration = HTTPServerConfiguration()
        configuration.name = .demo
        configuration.address = .tcp(host: self.address.host, port: self.address.port)
        configuration.hosts = KnownHosts([self.address.host], remedy: "Ask under 127.0.0.1.")
        configuration.bodyBytesMax = 4 << 20
        configuration.drainTimeout = .seconds(1)
        return HTTPServer(
            configuration: configuration,
            responder: PlainPlane(DemoRoutes(answerTime: self.answerTime, outages: outages)),
            group: self.group,
            metrics: MetricRegistry(),
            clocks: .system,
            logger: self.logger
        )
    }
}

/// What the stand-in is asked.
struct DemoRoutes: PlainResponder {
    private static let run = "/api/v1/run/"
    private static let outageSeconds = 1...3600

    let answerTime: Duration
    let outages: AsyncStream<Duration>.Continuation

    func answer(_ request: PlainRequest) async -> Response {
        let head = request.head
        do throws(Refusal) {
            guard head.path.hasPrefix(Self.run) || head.path == "/outage" else {
                throw Refusal(.unknownRoute, "There is no such route.")
            }
            guard head.method == "POST" else {
                return Response(
                    Refusal(.methodNotAllowed, "This route takes POST only."),
                    traceID: head.traceID,
                    allowedMethods: "POST"
                )
            }
            let content = head.path == "/outage" ? try self.beAway(head.query) : try await self.answer(request)
            return Response(status: 200, traceID: head.traceID, content: content)
        } catch {
            return Response(error, traceID: head.traceID)
        }
    }

    private func answer(_ request: PlainRequest) async throws(Refusal) -> Response.Content {
        let run: DemoRun
        do throws(JSONError) {
            run = try DemoRun(body: request.body)
        } catch {
            throw Refusal(.malformedJSON, "The body is not JSON: \(error)")
        }
        if request.head.query == "stream=true" {
            return .stream(DemoStream(run.records, each: self.answerTime / run.records.count))
        }
        // Where the caller has left, nobody reads the answer that comes early.
        try? await Task.sleep(for: self.answerTime)
        return .json(run.answer)
    }

    private func beAway(_ query: String?) throws(Refusal) -> Response.Content {
        let seconds: Int?
        switch query {
        case nil: seconds = 60
        case let query?: seconds = query.hasPrefix("seconds=") ? Int(query.dropFirst(8)) : nil
        }
        guard let seconds, Self.outageSeconds.contains(seconds) else {
            throw Refusal(.invalidField, "seconds is 1 to 3600.")
        }
        self.outages.yield(.seconds(seconds))
        return .text(ByteBuffer(string: "The demo upstream is away for \(seconds) seconds.\n"))
    }
}
