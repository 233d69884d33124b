import AmbassadorCore
import HTTPTypes
import Hummingbird

/// `/metrics`, in Prometheus' text format.
struct MetricsRoute {
    let metrics: MetricRegistry

    var route: AdminRoute {
        let metrics = self.metrics
        return AdminRoute(method: .get, path: "/metrics", permission: .adminRead) { _, _ in
            AdminResponse(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: PrometheusText.render(metrics))
            )
        }
    }
}
