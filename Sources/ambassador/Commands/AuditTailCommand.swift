import AmbassadorCore
import ArgumentParser

/// Shows the newest audit records, and those that come.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the newest audit records.",
        discussion: """
            With --format json, one object a line.

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

    /// The most records of one look at the store; what is left comes with the next.
    private static let batchMax = 1000

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
        var query = AuditQuery(
            flow: self.selection.flow,
            tenant: self.selection.tenant,
            outcomes: self.outcome?.outcomes ?? [],
            limit: self.lines
        )
        var isFirst = true
        while true {
            let table = try await source.records(query)
            if isFirst || !table.rows.isEmpty {
                try output.write(self.text(table, isFirst: isFirst, width: output.width))
            }
            isFirst = false
            guard self.follow else { return }
            if case .integer(let id)? = table.rows.last?.first { query.afterID = id }
            // An empty log has no id to go on from, so everything that comes is new.
            query.afterID = query.afterID ?? 0
            query.limit = Self.batchMax
            if table.rows.count < Self.batchMax { try await pause() }
        }
    }

    private func text(_ table: OutputTable, isFirst: Bool, width: Int?) -> String {
        switch self.output.format {
        case .table: TableWriter(width: width, showsHeader: isFirst).text(table.selecting(AuditQuery.shownColumns))
        case .json: table.objects.map { JSONText.line($0) + "\n" }.joined()
        case .csv: CSVWriter.text(table, showsHeader: isFirst)
        }
    }
}
