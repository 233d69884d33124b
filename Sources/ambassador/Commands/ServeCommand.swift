import ArgumentParser

/// Runs the ambassador.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the ambassador.",
        discussion: """
            SIGTERM and SIGINT stop it once the requests under way are answered, for shutdown_grace at most; a second one, or SIGQUIT, \
            at once. Either way the audit log is written first.

            \(exitStatusHelp)
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        try await reporting {
            // Before anything else: what asks for a stop during the start stops it in order.
            let signals = try Signals.watch()
            let loaded = try self.options.load()
            try loaded.checkFiles()
            let assembly = try await Assembly.build(loaded.configuration, warnings: loaded.warnings)
            try await assembly.run(signals: signals, grace: loaded.configuration.shutdownGrace)
        }
    }
}
