import AmbassadorCore
import Logging
import NIOCore

/// The process's own log: one JSON line per message on standard error.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let label: String
    let writer: LineWriter

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = ByteBuffer()
        line.writeStaticString(#"{"time":"#)
        JSONWriter.writeString(Clocks.system.wall().iso8601, into: &line)
        line.writeStaticString(#","level":"#)
        JSONWriter.writeString(event.level.rawValue, into: &line)
        line.writeStaticString(#","logger":"#)
        JSONWriter.writeString(self.label, into: &line)
        line.writeStaticString(#","message":"#)
        JSONWriter.writeString(event.message.description, into: &line)
        let facts = self.metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
            line.writeStaticString(",")
            JSONWriter.writeString(name, into: &line)
            line.writeStaticString(":")
            // A message of a dependency may carry anything: its length is bounded here, its control bytes are escaped.
            JSONWriter.writeString(String(value.description.prefix(1024)), into: &line)
        }
        line.writeStaticString("}\n")
        self.writer.write(line, count: 1)
    }
}
