import Logging
import Synchronization

/// The lines of a log: level, message, and metadata in the order of their names.
final class CollectedLog: Sendable {
    private let collected = Mutex<[String]>([])

    var lines: [String] { self.collected.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: CollectedLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            self.log.collected.withLock { $0.append("\(event.level) \(event.message)\(facts.joined())") }
        }
    }
}
