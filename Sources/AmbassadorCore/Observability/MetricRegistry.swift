import Synchronization

/// The instruments of the process by family, from which `/metrics` is written.
///
/// Instruments are made once, when what they measure is made, and then used without the registry.
package final class MetricRegistry: Sendable {
    /// What a family's values mean; Prometheus' words.
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// A label's name and value.
    package typealias Label = (name: String, value: String)

    struct Sample: Sendable {
        let labels: [Label]
        let value: Value
    }

    enum Value: Sendable {
        case counter(Counter)
        case gauge(@Sendable () -> Double)
        case histogram(LatencyHistogram)
    }

    struct Family: Sendable {
        let name: String
        let help: String
        let kind: Kind
        var samples: [Sample]
    }

    private let families = Mutex<[Family]>([])

    package init() {}

    /// Makes a counter.
    ///
    /// Its family's name ends in `_total`.
    package func counter(_ metric: MetricName, _ labels: Label...) -> Counter {
        let counter = Counter()
        self.add(metric, .counter, labels, .counter(counter))
        return counter
    }

    /// Makes a level that its owner raises and lowers.
    package func level(_ metric: MetricName, _ labels: Label...) -> Counter {
        let level = Counter()
        self.add(metric, .gauge, labels, .gauge { Double(level.value) })
        return level
    }

    /// Adds a level that is read when it is scraped; `read` must be short and must not block.
    package func gauge(_ metric: MetricName, _ labels: Label..., read: @escaping @Sendable () -> Double) {
        self.add(metric, .gauge, labels, .gauge(read))
    }

    /// Makes a histogram of durations, shown in seconds.
    package func histogram(_ metric: MetricName, _ labels: Label...) -> LatencyHistogram {
        let histogram = LatencyHistogram()
        self.add(metric, .histogram, labels, .histogram(histogram))
        return histogram
    }

    private func add(_ metric: MetricName, _ kind: Kind, _ labels: [Label], _ value: Value) {
        let sample = Sample(labels: labels, value: value)
        self.families.withLock { families in
            if let index = families.firstIndex(where: { $0.name == metric.name }) {
                families[index].samples.append(sample)
            } else {
                families.append(Family(name: metric.name, help: metric.help, kind: kind, samples: [sample]))
            }
        }
    }

    var snapshot: [Family] {
        self.families.withLock { $0 }
    }
}
