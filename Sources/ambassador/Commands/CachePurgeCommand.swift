import AmbassadorCore
import ArgumentParser

/// Removes answers from all caches.
struct CachePurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove answers from memory, Redis and the store.",
        discussion: """
            At least one option says what to remove; an answer goes where all of them are met.

            EXAMPLES:
              ambassador cache purge --flow faq_qa
              ambassador cache purge --flow faq_qa --tenant acme --older-than 24h
              ambassador cache purge --target 0b1e3f2a-77aa-4c60-9c0f-2f5d6e7a8b9c
              ambassador cache purge --text 'jane.doe@example.com'
              ambassador cache purge --all --admin 127.0.0.1:8081

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var output: FormatOptions

    @Option(name: .long, help: "Only the answer with this key.")
    var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only answers of this flow of LangFlow's: its id or endpoint name.", valueName: "id")
    )
    var target: FlowName?

    @Option(name: .long, help: ArgumentHelp("Only answers that are older.", valueName: "duration"))
    var olderThan: DurationArgument?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only answers to inputs that contain this text, in any form that their flow takes for the same.",
            valueName: "text"
        )
    )
    var text: String?

    @Flag(name: .long, help: "All answers of all flows and tenants.")
    var all = false

    func validate() throws {
        let filters = [
            self.selection.flow != nil, self.selection.tenant != nil, self.key != nil, self.target != nil,
            self.olderThan != nil, self.text != nil,
        ]
        let count = filters.count { $0 }
        guard count > 0 || self.all else {
            throw ValidationError(
                "Say what to purge: --flow, --target, --tenant, --key, --older-than, --text or --all."
            )
        }
        guard count == 0 || !self.all else { throw ValidationError("--all takes no other filter.") }
        guard self.key?.isEmpty != true else { throw ValidationError("--key is empty.") }
        guard self.text?.isEmpty != true else { throw ValidationError("--text is empty.") }
        guard (self.olderThan?.seconds ?? 1) >= 1 else { throw ValidationError("--older-than is at least 1s.") }
    }

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client(), to: Terminal.output) }
    }

    func execute(_ client: any AdminClient, to output: any TextOutput) async throws {
        let request = PurgeRequest(
            flow: self.selection.flow,
            tenant: self.selection.tenant,
            key: self.key,
            target: self.target,
            olderThanSeconds: self.olderThan?.seconds,
            text: self.text,
            all: self.all
        )
        let result = try await client.purge(request)
        try self.output.write(result.table, to: output)
        guard result.unjudged == 0 else {
            throw CommandFailure(
                """
                the purge is not complete: \(result.unjudged) stored answers may be to inputs with this text, which are not kept to \
                look into (store_inputs: false); purge their flows or tenants with --flow or --tenant to be sure
                """
            )
        }
        guard result.isComplete else {
            throw CommandFailure(
                """
                the purge is not complete: a column that is empty, or replicas that are pending, may still hold answers; \
                purge again once Redis and the store are back
                """
            )
        }
    }
}

/// A duration as an argument.
struct DurationArgument: ExpressibleByArgument {
    /// Whole seconds, rounded down.
    let seconds: Int

    init?(argument: String) {
        do throws(InvalidValue) {
            self.seconds = Int(try DurationText.parse(argument).components.seconds)
        } catch {
            return nil
        }
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
            try output.write(JSONText.pretty(statistics) + "\n")
        } else {
            try self.output.write(statistics.table, to: output)
        }
    }
}
