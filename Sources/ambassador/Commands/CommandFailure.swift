import ArgumentParser

/// Why a command could not do its work, in one sentence for the operator.
///
/// The exit status is 1. Wrong usage has 64, a configuration that cannot be used 78 (``ConfigurationErrors/exitStatus``).
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The text about exit statuses below the help of every command.
let exitStatusHelp = "EXIT STATUS: 0 done; 1 failed; 64 wrong usage; 78 configuration that cannot be used."

/// Runs the work of a command, with its errors on standard error and its end as the exit status.
func reporting(
    to output: any TextOutput = Terminal.error,
    _ work: () async throws -> Void
) async throws {
    do {
        try await work()
    } catch let errors as ConfigurationErrors {
        output.tell(printableLines(errors.description) + "\n")
        throw ExitCode(ConfigurationErrors.exitStatus)
    } catch let error as OutputError {
        throw ExitCode(error.end(tellingTo: output))
    } catch let exit as ExitCode {
        throw exit
    } catch let usage as ValidationError {
        throw usage
    } catch {
        output.tell("error: \(printableLines("\(error)"))\n")
        throw ExitCode.failure
    }
}
