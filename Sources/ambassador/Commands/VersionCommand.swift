import ArgumentParser

/// Says which ambassador this is.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Say which version this is.")

    func run() async throws {
        try await reporting { try Terminal.output.write("ambassador \(AmbassadorCommand.version)\n") }
    }
}
