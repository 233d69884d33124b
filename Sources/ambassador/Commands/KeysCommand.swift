import ArgumentParser

/// Makes, lists and revokes API keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke API keys.",
        discussion: """
            The keys are in a file, of each its SHA-256 alone. A running ambassador sees a change within two seconds.

            \(exitStatusHelp)
            """,
        subcommands: [KeysCreateCommand.self, KeysListCommand.self, KeysRevokeCommand.self]
    )
}
