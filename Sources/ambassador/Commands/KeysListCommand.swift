import AmbassadorCore
import AmbassadorIdentity
import ArgumentParser

/// Lists the API keys.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the API keys, the revoked and expired ones too.",
        discussion: """
            The keys themselves are kept nowhere; of their SHA-256, the first eight digits are shown.

            EXAMPLES:
              ambassador keys list
              ambassador keys list --format csv --keys-file /etc/ambassador/keys.json

            \(exitStatusHelp)
            """
    )

    @OptionGroup var keys: KeyFileOptions
    @OptionGroup var output: FormatOptions

    private static let digestDigits = 8

    func run() async throws {
        try await reporting {
            try self.execute(try self.keys.file(), at: Clocks.system.wall(), to: Terminal.output)
        }
    }

    func execute(_ file: APIKeyFile, at time: Timestamp, to output: any TextOutput) throws {
        let rows = try file.read().records.map { Self.row($0, at: time) }
        let columns = [
            "id", "tenant", "name", "state", "permissions", "created_at", "expires_at", "revoked_at", "sha256",
        ]
        try self.output.write(OutputTable(columns: columns, rows: rows), to: output)
    }

    private static func row(_ key: APIKeyRecord, at time: Timestamp) -> [OutputTable.Value] {
        [
            .text(key.id.description),
            key.tenant.map { .text($0.description) } ?? .null,
            .text(key.name),
            .text(key.state(at: time).rawValue),
            .text(key.permissions.grants.map(\.description).joined(separator: " ")),
            .text(key.createdAt.iso8601),
            key.expiresAt.map { .text($0.iso8601) } ?? .null,
            key.revokedAt.map { .text($0.iso8601) } ?? .null,
            .text(String(key.digest.description.prefix(Self.digestDigits))),
        ]
    }
}
