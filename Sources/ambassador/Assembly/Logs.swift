import AmbassadorCore
import Glibc
import Logging

/// The process's own log on standard error and the log of requests on standard output.
struct Logs {
    let logger: Logger
    /// `nil` where requests are not logged.
    let accessLog: AccessLog?
    private let writers: [LineWriter]

    init(_ settings: AmbassadorConfiguration.Log, registry: MetricRegistry) {
        let dropped = registry.counter(.accessLogDropped)
        let messages = LineWriter(descriptor: STDERR_FILENO, label: "ambassador.log", dropped: dropped)
        let requests = LineWriter(descriptor: STDOUT_FILENO, label: "ambassador.access-log", dropped: dropped)
        self.logger = Logger(label: "ambassador") { label in
            JSONLogHandler(logLevel: settings.level, label: label, writer: messages)
        }
        self.writers = [messages, requests]
        self.accessLog =
            switch settings.requests {
            case .on: AccessLog(writer: requests, sampleRate: 1)
            case .sampled: AccessLog(writer: requests, sampleRate: settings.sampleRate)
            case .off: nil
            }
    }

    /// Waits until every line so far is written.
    func drain() async {
        for writer in self.writers { await writer.drain() }
    }
}
