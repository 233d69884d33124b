import AmbassadorCore

/// `/metrics`, in Prometheus' text format.
struct MetricsRoute {
    let metrics: MetricRegistry

    var route: AdminRoute {
        let metrics = self.metrics
        return AdminRoute(method: "GET", path: "/metrics", permission: .adminRead) { _ in
            .metrics(PrometheusText.render(metrics))
        }
    }
}
