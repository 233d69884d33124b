import AmbassadorCore
import NIOCore

/// The instruments of the hot cache, made once.
struct RedisMetrics: Sendable {
    private enum Outcome: Int, CaseIterable {
        case hit
        case miss
        case ok
        case error
        case timeout
        case closed
    }

    private let commands: [[Counter?]]
    /// Values that did not verify.
    let invalid: Counter
    private let dropped: Counter

    init(_ registry: MetricRegistry) {
        self.commands = RedisCommand.Name.allCases.map { name in
            Outcome.allCases.map { outcome in
                guard
                    (name == .get) == [.hit, .miss].contains(outcome) || [.error, .timeout, .closed].contains(outcome)
                else { return nil }
                return registry.counter(
                    .redisCommands,
                    ("command", name.label),
                    ("result", String(describing: outcome))
                )
            }
        }
        self.invalid = registry.counter(.redisInvalid)
        self.dropped = registry.counter(.redisDropped)
    }

    func count(_ name: RedisCommand.Name, _ result: RedisResult) {
        let outcome: Outcome
        switch result {
        case .success(.bulk(let value)) where name == .get: outcome = value.readableBytes == 0 ? .miss : .hit
        case .success where name == .get: outcome = .miss
        case .success: outcome = .ok
        case .failure(.timedOut): outcome = .timeout
        case .failure(.closed): outcome = .closed
        case .failure(.server): outcome = .error
        case .failure: return self.dropped.increment()
        }
        self.commands[name.rawValue][outcome.rawValue]?.increment()
    }

    /// Counts a command that could not even be made.
    func countDropped() {
        self.dropped.increment()
    }
}
