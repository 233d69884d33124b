import ArgumentParser

/// Reads the audit log of a running or stopped ambassador.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the audit log, and prune it.",
        discussion: "Everything but prune is read-only; all work while the ambassador runs, prune then only.\n\n"
            + exitStatusHelp,
        subcommands: [AuditQueryCommand.self, AuditTailCommand.self, AuditShowCommand.self, AuditPruneCommand.self]
    )
}
