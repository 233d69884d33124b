import AmbassadorCore
import NIOCore

/// Probes and metrics for whoever comes by an address of the host and shows nothing, as a kubelet and a scraper do; nothing else.
struct ProbeRoutes: PlainResponder {
    private static let methods = "GET, HEAD"

    let ambassador: Ambassador
    let metrics: MetricRegistry

    func answer(_ request: PlainRequest) async -> Response {
        let head = request.head
        guard let route = Self.route(head.path) else {
            return Response(Refusal(.unknownRoute, "There is no such route."), traceID: head.traceID)
        }
        guard head.method == "GET" || head.method == "HEAD" else {
            return Response(
                Refusal(.methodNotAllowed, "This route takes \(Self.methods) only."),
                traceID: head.traceID,
                allowedMethods: Self.methods
            )
        }
        guard case .one(let probe) = route else {
            // Its time grows with the flows: no work for the loop of the connection.
            return await withTaskExecutorPreference(globalConcurrentExecutor) {
                Response(status: 200, traceID: head.traceID, content: .metrics(PrometheusText.render(self.metrics)))
            }
        }
        return self.ambassador.probe(probe, traceID: head.traceID)
    }

    private enum Route {
        case one(Probe)
        case metrics
    }

    private static func route(_ path: String) -> Route? {
        path == "/metrics" ? .metrics : Probe(rawValue: path).map { .one($0) }
    }
}
