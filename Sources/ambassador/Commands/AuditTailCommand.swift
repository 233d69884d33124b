import AmbassadorCore
import ArgumentParser

/// Shows the newest audit records, and those that come.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the newest audit records.",
        discussion: """
            Records come in the order in which they were written, each once. With --format json, one object a line.

            EXAMPLES:
              ambassador audit tail
              ambassador audit tail --follow --flow faq_qa
              ambassador audit tail -f --format json | jq .outcome

            \(exitStatusHelp)
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: FormatOptions

    @Option(name: .long, help: "Only these outcomes, with commas between them.")
    var outcome: OutcomeList?

    @Option(name: .shortAndLong, help: ArgumentHelp("How many records to begin with.", valueName: "rows"))
    var lines = 10

    @Flag(name: .shortAndLong, help: "Go on with records as they come, until interrupted.")
    var follow = false

    func validate() throws {
        guard (1...100_000).contains(self.lines) else { throw ValidationError("--lines is 1 to 100000.") }
    }

    func run() async throws {
        try await reporting {
            let source = try StoreSources.audit(path: try self.store.path())
            try await self.execute(source, to: Terminal.output) { try await Task.sleep(for: .milliseconds(500)) }
        }
    }

    /// Writes what is there, then what comes; `pause` waits until it is worth looking again, and its error ends the following.
    func execute(
        _ source: any AuditSource,
        to output: any TextOutput,
        pause: () async throws -> Void
    ) async throws {
        let query = AuditQuery(
            flow: self.selection.flow,
            tenant: self.selection.tenant,
            outcomes: self.outcome?.outcomes ?? [],
            limit: self.lines
        )
        let names = self.output.format == .table ? AuditQuery.shownColumns : []
        let writer = ResultWriter(self.output.format.following(on: output), to: output, selecting: names)
        var last = try await source.tail(query, after: nil, into: writer)
        try writer.flush()
        while self.follow {
            try await pause()
            last = try await source.tail(query, after: last, into: writer)
            try writer.flush()
        }
    }
}
