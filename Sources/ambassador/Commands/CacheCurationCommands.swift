import AmbassadorCore
import ArgumentParser

/// Has a request answered with an operator's own answer.
struct CachePinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Answer a request with a curated answer from now on.",
        discussion: """
            The answer is --text or, without it, the one that is stored now. It is always fresh: neither the flow's lifetimes, nor what
            a request asks of the cache, nor a purge change that.

            EXAMPLES:
              ambassador cache pin KEY --reason 'checked by support'
              ambassador cache pin KEY --text 'We are open from 9 to 5.' --reason 'new hours'

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var decision: DecisionOptions

    @Option(name: .long, help: ArgumentHelp("The answer; the stored one if left out.", valueName: "text"))
    var text: String?

    func validate() throws {
        guard self.text?.isEmpty != true else { throw ValidationError("--text is empty.") }
    }

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client()) }
    }

    func execute(_ client: any AdminClient) async throws {
        try await client.curate("pin", self.decision.json(text: self.text))
    }
}

/// Has a request never answered from a cache.
struct CacheTombstoneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tombstone",
        abstract: "Never answer a request from a cache again.",
        discussion: """
            What is stored is removed. From then on the request goes to LangFlow each time and its answer is not kept; in an outage it
            gets the flow's fallback, or the error.

            EXAMPLES:
              ambassador cache tombstone KEY --reason 'ticket 4711: names a customer'

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var decision: DecisionOptions

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client()) }
    }

    func execute(_ client: any AdminClient) async throws {
        try await client.curate("tombstone", self.decision.json())
    }
}

/// Takes a pin or a tombstone back.
struct CacheUnpinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin",
        abstract: "Take back a pin or a tombstone.",
        discussion: """
            EXAMPLES:
              ambassador cache unpin KEY --reason 'the flow knows it now'

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var decision: DecisionOptions

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client()) }
    }

    func execute(_ client: any AdminClient) async throws {
        try await client.curate("unpin", self.decision.json())
    }
}

/// Lists pins and tombstones.
struct CacheMarksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "marks",
        abstract: "List pinned answers and tombstones, the latest first.",
        discussion: """
            EXAMPLES:
              ambassador cache marks --format csv

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client(), to: Terminal.output) }
    }

    func execute(_ client: any AdminClient, to output: any TextOutput) async throws {
        let columns: [StaticString] = ["key", "kind", "time", "author", "reason", "text"]
        let rows = try await client.marks().map { mark in
            columns.map { column in mark[column]?.string.map { OutputTable.Value.text($0.text) } ?? .null }
        }
        try self.output.write(OutputTable(columns: columns.map { "\($0)" }, rows: rows), to: output)
    }
}

/// Which answer is meant, and why.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "The answer's key, as cache list shows it.")
    var key: String

    @Option(name: .long, help: ArgumentHelp("Why; kept with the decision.", valueName: "text"))
    var reason: String

    init() {}

    func validate() throws {
        guard CacheKey(self.key) != nil else { throw ValidationError("\(visible(self.key)) is not a key.") }
        guard (1...CurationMark.reasonBytesMax).contains(self.reason.utf8.count) else {
            throw ValidationError("--reason has 1 to \(CurationMark.reasonBytesMax) bytes.")
        }
    }

    func json(text: String? = nil) -> JSONValue {
        var members = [JSONMember("key", .text(self.key)), JSONMember("reason", .text(self.reason))]
        if let text { members.append(JSONMember("text", .text(text))) }
        return .object(members)
    }
}
