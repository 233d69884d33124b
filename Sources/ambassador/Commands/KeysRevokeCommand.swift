import AmbassadorCore
import AmbassadorIdentity
import ArgumentParser

/// Revokes an API key.
struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke an API key, for good.",
        discussion: """
            A running ambassador refuses the key within two seconds. Its line stays in the file, so that records keep a name.

            EXAMPLES:
              ambassador keys revoke 4k2j9x0a      an id as keys list shows it

            \(exitStatusHelp)
            """
    )

    @OptionGroup var keys: KeyFileOptions

    @Argument(help: "The key's id.")
    var id: APIKeyID

    func run() async throws {
        try await reporting {
            try self.execute(try self.keys.file(), at: Clocks.system.wall(), to: Terminal.output)
        }
    }

    func execute(_ file: APIKeyFile, at time: Timestamp, to output: any TextOutput) throws {
        guard try file.read().records.contains(where: { $0.id == self.id }) else {
            throw CommandFailure("no key in \(visible(file.path)) has the id \(self.id)")
        }
        let key = try file.update { list throws(APIKeyFileError) in try list.revoke(self.id, at: time) }
        let whose = "\(key.name), tenant \(key.tenant?.description ?? "none")"
        try output.write("revoked \(key.id) of \(whose), at \((key.revokedAt ?? time).iso8601)\n")
    }
}
