import AmbassadorCore
import NIOCore
import Testing

@Suite struct PrometheusTextTests {
    @Test("counters and gauges are written byte for byte, families by name and each with one head")
    func counters() {
        let registry = MetricRegistry()
        let requests = registry.counter(.requests, ("flow", "faq"), ("outcome", "hit"))
        registry.counter(.requests, ("flow", "a\\b\"c\nd"), ("outcome", "miss")).increment()
        registry.gauge(.breakerOpen) { 0.5 }
        registry.level(.connections).increment(by: 12)
        registry.gauge(.upstreamQueued, ("limit", "a")) { .infinity }
        registry.gauge(.upstreamQueued, ("limit", "b")) { -.infinity }
        registry.gauge(.upstreamQueued, ("limit", "c")) { .nan }
        requests.increment(by: 3)
        let expected = """
            # HELP ambassador_breaker_open Whether a circuit breaker is open (1), half open (0.5) or closed (0).
            # TYPE ambassador_breaker_open gauge
            ambassador_breaker_open 0.5
            # HELP ambassador_connections Open connections, by plane.
            # TYPE ambassador_connections gauge
            ambassador_connections 12
            # HELP ambassador_requests_total Requests answered, by flow, outcome and detail.
            # TYPE ambassador_requests_total counter
            ambassador_requests_total{flow="faq",outcome="hit"} 3
            ambassador_requests_total{flow="a\\\\b\\"c\\nd",outcome="miss"} 1
            # HELP ambassador_upstream_queued Requests that wait for a free call to LangFlow.
            # TYPE ambassador_upstream_queued gauge
            ambassador_upstream_queued{limit="a"} +Inf
            ambassador_upstream_queued{limit="b"} -Inf
            ambassador_upstream_queued{limit="c"} NaN

            """
        #expect(String(buffer: PrometheusText.render(registry)) == expected)
    }

    @Test("a histogram's buckets are cumulative and in seconds, and its count is its last bucket's")
    func histogram() {
        let registry = MetricRegistry()
        let histogram = registry.histogram(.requestDuration, ("flow", "faq"))
        for microseconds: Int64 in [50, 51, 1_000_000, 300_000_001] {
            histogram.record(microseconds: microseconds)
        }
        let counts = [
            ("0.00005", 1), ("0.0001", 2), ("0.00025", 2), ("0.0005", 2), ("0.001", 2), ("0.0025", 2), ("0.005", 2),
            ("0.01", 2), ("0.025", 2), ("0.05", 2), ("0.1", 2), ("0.25", 2), ("0.5", 2), ("1", 3), ("2.5", 3),
            ("5", 3), ("10", 3), ("30", 3), ("60", 3), ("300", 3), ("+Inf", 4),
        ]
        let name = "ambassador_request_duration_seconds"
        let lines =
            ["# HELP \(name) Time from a request's first byte to its answer, by flow.", "# TYPE \(name) histogram"]
            + counts.map { "\(name)_bucket{flow=\"faq\",le=\"\($0)\"} \($1)" }
            + ["\(name)_sum{flow=\"faq\"} 301.000102", "\(name)_count{flow=\"faq\"} 4", ""]
        #expect(String(buffer: PrometheusText.render(registry)) == lines.joined(separator: "\n"))
    }

    @Test("an empty registry gives an empty text")
    func empty() {
        #expect(PrometheusText.render(MetricRegistry()).readableBytes == 0)
    }

    @Test("while durations are being recorded, every scrape's count is its last bucket's")
    func consistency() async {
        let registry = MetricRegistry()
        let histogram = registry.histogram(.auditCommitDuration)
        async let recording: Void = {
            for microseconds: Int64 in 0..<100_000 {
                histogram.record(microseconds: microseconds)
            }
        }()
        for _ in 0..<200 {
            let lines = String(buffer: PrometheusText.render(registry)).split(separator: "\n")
            let last = lines.first { $0.contains("le=\"+Inf\"") }?.split(separator: " ").last
            let count = lines.first { $0.contains("_count") }?.split(separator: " ").last
            #expect(last != nil && last == count)
        }
        await recording
    }
}
