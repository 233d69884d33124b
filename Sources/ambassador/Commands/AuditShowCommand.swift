import AmbassadorCore
import ArgumentParser

/// Shows everything that is known of one request.
struct AuditShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show everything that is known of one request.",
        discussion: """
            EXAMPLES:
              ambassador audit show 4bf92f3577b34da6a3ce929d0e0e4736

            \(exitStatusHelp)
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: FormatOptions

    @Argument(help: ArgumentHelp("The value of X-Trace-ID: 32 hexadecimal digits.", valueName: "trace-id"))
    var traceID: TraceID

    func run() async throws {
        try await reporting {
            try await self.execute(StoreSources.audit(path: try self.store.path()), to: Terminal.output)
        }
    }

    func execute(_ source: any AuditSource, to output: any TextOutput) async throws {
        let writer = DetailWriter(self.output.format, to: output)
        try await source.records(traceID: self.traceID, into: writer)
        guard writer.hasRows else { throw CommandFailure("no record has the trace id \(self.traceID)") }
        try writer.end()
    }
}

extension TraceID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(hex: argument.utf8)
    }
}
