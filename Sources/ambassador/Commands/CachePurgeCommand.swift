import ArgumentParser

/// Removes answers from all caches.
struct CachePurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove answers from memory, Redis and the store.",
        discussion: """
            At least one of --flow, --tenant, --key and --all says what to remove; --flow and --tenant together mean both.

            EXAMPLES:
              ambassador cache purge --flow faq_qa
              ambassador cache purge --flow faq_qa --tenant acme
              ambassador cache purge --all --admin 127.0.0.1:8081

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: FormatOptions

    @Option(name: .long, help: "Only the answer with this key.")
    var key: String?

    @Flag(name: .long, help: "All answers of all flows and tenants.")
    var all = false

    func validate() throws {
        let isFiltered = self.selection.flow != nil || self.selection.tenant != nil
        let ways = [isFiltered, self.key != nil, self.all].count { $0 }
        guard ways > 0 else { throw ValidationError("Say what to purge: --flow, --tenant, --key or --all.") }
        guard ways == 1 else { throw ValidationError("--key and --all take no other filter.") }
        guard self.key?.isEmpty != true else { throw ValidationError("--key is empty.") }
    }

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client(), to: Terminal.output) }
    }

    func execute(_ client: any AdminClient, to output: any TextOutput) async throws {
        let request = PurgeRequest(
            flow: self.selection.flow,
            tenant: self.selection.tenant,
            key: self.key,
            all: self.all
        )
        self.output.write(try await client.purge(request).table, to: output)
    }
}

/// Shows the state of the caches.
struct CacheStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show the state of the caches.",
        discussion: """
            EXAMPLES:
              ambassador cache stats --format json

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client(), to: Terminal.output) }
    }

    func execute(_ client: any AdminClient, to output: any TextOutput) async throws {
        let statistics = try await client.cacheStatistics()
        if self.output.format == .json {
            output.write(JSONText.pretty(statistics) + "\n")
        } else {
            self.output.write(statistics.table, to: output)
        }
    }
}
