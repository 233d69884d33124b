import ArgumentParser
import ServiceLifecycle
import UnixSignals

/// Runs the ambassador.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the ambassador.",
        discussion: exitStatusHelp
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        try await reporting {
            let loaded = try self.options.load()
            for warning in loaded.warnings { Terminal.error.write("warning: \(warning)\n") }
            let assembly = try await Assembly.build(loaded.configuration)
            try await assembly.run(signals: [.sigterm, .sigint], grace: loaded.configuration.shutdownGrace)
        }
    }
}
