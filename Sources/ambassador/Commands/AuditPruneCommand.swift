import ArgumentParser

/// Has retention delete what is due.
struct AuditPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete now what is due by age, and believe the clock.",
        discussion: """
            A running ambassador deletes by itself what is older than its settings say. After its clock has jumped, it deletes nothing by age \
            until the clock has gone on steadily for an hour. This says that the clock is right.

            EXAMPLES:
              ambassador audit prune --now

            \(exitStatusHelp)
            """
    )

    @OptionGroup var admin: AdminOptions

    @Flag(name: .long, help: "Needed, since what is deleted is gone.")
    var now = false

    func validate() throws {
        guard self.now else { throw ValidationError("Say --now: what is deleted is gone.") }
    }

    func run() async throws {
        try await reporting { try await self.execute(try self.admin.client(), to: Terminal.output) }
    }

    func execute(_ client: any AdminClient, to output: any TextOutput) async throws {
        let count = try await client.pruneAudit()
        try output.write("deleted: \(count)\n")
    }
}
