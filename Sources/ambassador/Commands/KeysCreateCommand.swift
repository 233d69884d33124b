import AmbassadorCore
import AmbassadorIdentity
import ArgumentParser

/// Makes an API key.
struct KeysCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an API key and write it to standard output, once.",
        discussion: """
            Nothing but the key goes to standard output; what it is goes to standard error. It cannot be shown again. Two \
            keys of one name and tenant may be live at once, so that callers can change over before the old one is revoked.

            EXAMPLES:
              ambassador keys create --tenant acme --name ci --flows 'faq_*,summary'
              ambassador keys create --tenant acme --name bot --actions run,refresh
              ambassador keys create --no-tenant --name ops --permission admin:read

            \(exitStatusHelp)
            """
    )

    @OptionGroup var keys: KeyFileOptions
    @OptionGroup var grants: KeyGrantOptions

    @Option(name: .long, help: "Whose data the key gives access to.")
    var tenant: TenantID?

    @Flag(name: .customLong("no-tenant"), help: "The key belongs to no tenant: for operators and gateways.")
    var hasNoTenant = false

    @Option(name: .long, help: "Who calls with the key, for records and limits.")
    var name: String

    @Option(
        name: .long,
        help: ArgumentHelp("How long it can be used, such as 90d; for ever if left out.", valueName: "duration")
    )
    var expiresIn: String?

    private static let lifetimeMax: Duration = .seconds(3660 * 86_400)

    func validate() throws {
        guard (self.tenant == nil) == self.hasNoTenant else {
            throw ValidationError("Say whose data the key gives access to: either --tenant or --no-tenant.")
        }
        guard APIKeyRecord.isName(self.name.utf8) else {
            throw ValidationError("--name \"\(visible(self.name))\" is not 1 to 64 of A-Z a-z 0-9 . _ @ -")
        }
        _ = try self.grants.permissions()
        _ = try self.expiry(at: Clocks.system.wall())
    }

    func run() async throws {
        try await reporting {
            var generator = SystemRandomNumberGenerator()
            try self.execute(
                try self.keys.file(),
                at: Clocks.system.wall(),
                using: &generator,
                to: Terminal.output,
                notesTo: Terminal.error
            )
        }
    }

    func execute(
        _ file: APIKeyFile,
        at time: Timestamp,
        using generator: inout some RandomNumberGenerator,
        to output: any TextOutput,
        notesTo notes: any TextOutput
    ) throws {
        let permissions = try self.grants.permissions()
        let expiresAt = try self.expiry(at: time)
        let key = try file.update { list throws(APIKeyFileError) in
            try list.add(
                name: self.name,
                tenant: self.tenant,
                permissions: permissions,
                expiresAt: expiresAt,
                at: time,
                using: &generator
            )
        }
        try Self.hand(key, to: output, file, at: time)
        notes.tell(
            """
            Key \(key.id) of \(self.name), tenant \(self.tenant?.description ?? "none"), in \(visible(file.path)).
            It may: \(permissions.grants.map(\.description).joined(separator: ", ")).
            It ends: \(expiresAt?.iso8601 ?? "never").
            The line on standard output is the key. Keep it now; it cannot be shown again.

            """
        )
    }

    /// Writes the key, or revokes it again: a key that works and that nobody knows must not stay.
    private static func hand(_ key: APIKey, to output: any TextOutput, _ file: APIKeyFile, at time: Timestamp) throws {
        do throws(OutputError) {
            try output.write(key.secret.revealed + "\n")
        } catch let unwritten {
            do throws(APIKeyFileError) {
                _ = try file.update { list throws(APIKeyFileError) in try list.revoke(key.id, at: time) }
            } catch {
                throw CommandFailure("\(unwritten); revoke the key \(key.id), which could not be done here: \(error)")
            }
            throw CommandFailure("\(unwritten); the key \(key.id) was made and is revoked again")
        }
    }

    private func expiry(at time: Timestamp) throws(ValidationError) -> Timestamp? {
        guard let expiresIn else { return nil }
        do throws(InvalidValue) {
            let lifetime = try DurationText.parse(expiresIn)
            guard (.seconds(1)...Self.lifetimeMax).contains(lifetime) else {
                throw InvalidValue("is not between 1s and \(DurationText.format(Self.lifetimeMax))")
            }
            return time.advanced(by: lifetime)
        } catch {
            throw ValidationError("--expires-in \"\(visible(expiresIn))\" \(error.reason).")
        }
    }
}
