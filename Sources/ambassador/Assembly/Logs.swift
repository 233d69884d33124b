import AmbassadorCore
import Glibc
import Logging

/// The process's own log on standard error and the log of requests on standard output.
struct Logs {
    let logger: Logger
    /// `nil` where requests are not logged.
    let accessLog: AccessLog?
    private let messages: LineWriter
    private let requests: LineWriter

    /// Says what is odd about the configuration, too: one line for each warning.
    init(_ settings: AmbassadorConfiguration.Log, registry: MetricRegistry, warnings: [String] = []) {
        let dropped = registry.counter(.accessLogDropped)
        let messages = LineWriter(descriptor: STDERR_FILENO, label: "ambassador.log", dropped: dropped)
        let requests = LineWriter(descriptor: STDOUT_FILENO, label: "ambassador.access-log", dropped: dropped)
        self.logger = Logger(label: "ambassador") { label in
            JSONLogHandler(logLevel: settings.level, label: label, writer: messages)
        }
        self.messages = messages
        self.requests = requests
        self.accessLog =
            switch settings.requests {
            case .on: AccessLog(writer: requests, sampleRate: 1)
            case .sampled: AccessLog(writer: requests, sampleRate: settings.sampleRate)
            case .off: nil
            }
        for warning in warnings {
            self.logger.warning("the configuration works, but hardly as meant", metadata: ["warning": "\(warning)"])
        }
    }

    /// Waits until every line so far is written, or until it is clear that nobody reads them.
    func drain() async {
        await self.requests.drain()
        let lost = self.requests.droppedLines
        if lost > 0 {
            self.logger.warning("nobody reads standard output: lines were dropped", metadata: ["lines": "\(lost)"])
        }
        await self.messages.drain()
    }
}
