import AmbassadorCore
import ArgumentParser
import Glibc

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
            KeysCommand.self, HealthCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self
    )

    static func main() async {
        // A reader that leaves, or a file that may not grow, is an error of the write that meets it, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        Glibc.exit(await Self.status(to: Terminal.output, errorsTo: Terminal.error, ProgramArguments.read))
    }

    /// Runs what the command line asks for.
    ///
    /// - Returns: the exit status.
    static func status(
        to output: any TextOutput,
        errorsTo errors: any TextOutput,
        _ arguments: () throws(InvalidValue) -> [String]
    ) async -> Int32 {
        do {
            var command = try await Self.asyncParseAsRoot(Self.arguments(arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return Self.end(with: error, output, errors)
        }
    }

    private static func arguments(
        _ read: () throws(InvalidValue) -> [String]
    ) throws(ValidationError) -> [String] {
        do throws(InvalidValue) {
            return try read()
        } catch {
            throw ValidationError(error.reason)
        }
    }

    /// Writes what there is to say at the end: asked-for help to standard output, wrong usage to standard error.
    private static func end(with error: any Error, _ output: any TextOutput, _ errors: any TextOutput) -> Int32 {
        let status = Self.exitCode(for: error)
        let text = Self.fullMessage(for: error)
        guard !text.isEmpty else { return status.rawValue }
        guard status.isSuccess else {
            errors.tell(printableLines(text) + "\n")
            return status.rawValue
        }
        do throws(OutputError) {
            try output.write(text + "\n")
        } catch {
            return error.end(tellingTo: errors)
        }
        return status.rawValue
    }
}
