import ArgumentParser

/// The program: without a subcommand, it serves.
@main
struct AmbassadorCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "ambassador",
        abstract:
            "Stands between an application and LangFlow: answers from cache, in outages, and keeps an audit trail.",
        discussion: """
            EXAMPLES:
              ambassador serve --upstream http://127.0.0.1:7860 --ttl 1h
              ambassador config check
              ambassador audit query --since 24h --outcome degraded

            \(exitStatusHelp)
            """,
        version: Self.version,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ConfigCommand.self, AuditCommand.self, CacheCommand.self,
            KeysCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self
    )
}
