import ArgumentParser

/// Checks and shows the configuration.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and show the configuration.",
        discussion: """
            The file is --config, else AMBASSADOR_CONFIG, else ./ambassador.yaml where there is one. Variables named \
            AMBASSADOR_ and the setting (AMBASSADOR_LISTEN_ADDRESS) go before the file, the command line before both.

            \(exitStatusHelp)
            """,
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self]
    )
}

/// Says whether a configuration can be used.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether the configuration can be used, and if not, why not.",
        discussion: """
            Errors are written one a line: file, line, column, key, reason, and the nearest valid key. The files that the configuration \
            names are read as serve reads them; nothing is changed, and no address is tried.

            EXAMPLES:
              ambassador config check
              ambassador config check --config /etc/ambassador.yaml

            \(exitStatusHelp)
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        try await reporting {
            try self.execute(try self.options.load(), to: Terminal.output, warningsTo: Terminal.error)
        }
    }

    func execute(
        _ loaded: LoadedConfiguration,
        to output: any TextOutput,
        warningsTo errors: any TextOutput
    ) throws {
        for warning in loaded.warnings { errors.tell("warning: \(warning)\n") }
        try loaded.checkFiles()
        try output.write("OK: \(loaded.file.map { visible($0) } ?? "no file, defaults and environment")\n")
    }
}

/// Shows the configuration in force.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting in force and where it comes from; secrets are hidden.",
        discussion: """
            EXAMPLES:
              ambassador config show
              ambassador config show --ttl 1h --format json

            \(exitStatusHelp)
            """
    )

    /// How the configuration is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case yaml
        case json
    }

    @OptionGroup var options: ServeOptions

    @Option(name: .long, help: "How the configuration is written.")
    var format = Format.yaml

    func run() async throws {
        try await reporting { try self.execute(try self.options.load(), to: Terminal.output) }
    }

    func execute(_ loaded: LoadedConfiguration, to output: any TextOutput) throws(OutputError) {
        let effective = EffectiveConfiguration(loaded)
        try output.write(self.format == .json ? JSONText.pretty(effective.json) + "\n" : effective.yaml)
    }
}
