import ArgumentParser

/// Reads stored answers, and removes them.
struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Read and purge stored answers.",
        discussion: """
            list and show read the store's file; the others ask the admin API of the running ambassador.

            \(exitStatusHelp)
            """,
        subcommands: [
            CacheListCommand.self, CacheShowCommand.self, CachePurgeCommand.self, CachePinCommand.self,
            CacheTombstoneCommand.self, CacheUnpinCommand.self, CacheMarksCommand.self, CacheStatsCommand.self,
        ]
    )
}

/// Lists stored answers.
struct CacheListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List stored answers, the newest first.",
        discussion: """
            EXAMPLES:
              ambassador cache list --flow faq_qa --limit 20
              ambassador cache list --tenant acme --limit 0 --format csv

            A flow of the configuration that has a target is listed by it, as cache purge does.

            \(exitStatusHelp)
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: FormatOptions

    @OptionGroup var limit: LimitOption

    func run() async throws {
        try await reporting {
            let source = try StoreSources.entries(path: try self.store.path())
            try await self.execute(source, to: Terminal.output, notesTo: Terminal.error)
        }
    }

    func execute(
        _ source: any EntrySource,
        to output: any TextOutput,
        notesTo notes: any TextOutput
    ) async throws {
        let writer = ResultWriter(self.output.format, to: output)
        let isCut = try await source.entries(
            flow: try self.store.target(ofFlow: self.selection.flow),
            tenant: self.selection.tenant,
            limit: self.limit.rows,
            into: writer
        )
        try writer.end()
        if isCut { self.limit.tellOfMore("newest", "answers", on: notes) }
    }
}

/// Shows one stored answer.
struct CacheShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show everything that is known of one stored answer.",
        discussion: """
            EXAMPLES:
              ambassador cache show KEY        a key as cache list shows it

            \(exitStatusHelp)
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: FormatOptions

    @Argument(help: "The answer's key.")
    var key: String

    func run() async throws {
        try await reporting {
            try await self.execute(StoreSources.entries(path: try self.store.path()), to: Terminal.output)
        }
    }

    func execute(_ source: any EntrySource, to output: any TextOutput) async throws {
        let table = try await source.entry(key: self.key)
        guard !table.rows.isEmpty else { throw CommandFailure("no stored answer has the key \(visible(self.key))") }
        let writer = DetailWriter(self.output.format, to: output)
        try writer.add(table)
        try writer.end()
    }
}
