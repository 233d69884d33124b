import ArgumentParser

/// Reads the audit log of a running or stopped ambassador.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the audit log.",
        discussion: "Everything here is read-only and works while the ambassador runs.\n\n" + exitStatusHelp,
        subcommands: [AuditQueryCommand.self, AuditTailCommand.self, AuditShowCommand.self]
    )
}
