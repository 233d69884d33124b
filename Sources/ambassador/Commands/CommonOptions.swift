import AmbassadorCore
import AmbassadorHTTP
import ArgumentParser

/// Where the configuration is.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    init() {}

    func load(flags: [SettingFlag] = []) throws(ConfigurationErrors) -> LoadedConfiguration {
        try ConfigurationLoader().load(file: self.config, flags: flags)
    }
}

/// The common case without a file.
struct ServeOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(name: .long, help: ArgumentHelp("Where LangFlow is.", valueName: "url"))
    var upstream: String?

    @Option(name: .long, help: ArgumentHelp("How long answers are fresh, such as 1h.", valueName: "duration"))
    var ttl: String?

    @Option(name: .long, help: ArgumentHelp("A Redis that shares answers among replicas.", valueName: "url"))
    var redis: String?

    @Option(name: .long, help: ArgumentHelp("The SQLite file of answers and audit records.", valueName: "file"))
    var store: String?

    @Option(name: .long, help: ArgumentHelp("Where applications connect.", valueName: "address"))
    var listen: String?

    @Option(name: .long, help: ArgumentHelp("Where metrics and the admin API are served.", valueName: "address"))
    var admin: String?

    init() {}

    /// What the command line sets.
    var flags: [SettingFlag] {
        [
            ("--upstream", "upstream.url", self.upstream), ("--ttl", "defaults.ttl", self.ttl),
            ("--redis", "hot_cache.redis", self.redis), ("--store", "store.path", self.store),
            ("--listen", "listen.address", self.listen), ("--admin", "admin.address", self.admin),
        ].compactMap { name, path, value in value.map { SettingFlag(name: name, path: path, value: $0) } }
    }

    func load() throws(ConfigurationErrors) -> LoadedConfiguration {
        try self.configuration.load(flags: self.flags)
    }
}

/// Where the store is.
struct StoreOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The SQLite file; that of the configuration if left out.", valueName: "file")
    )
    var store: String?

    init() {}

    func path() throws -> String {
        if let store { return store }
        return try self.configuration.load().configuration.store.path
    }

    /// What a flow runs, under which its answers are stored; the name itself where the configuration knows no flow by it.
    func target(ofFlow name: FlowName?) throws -> FlowName? {
        guard let name else { return nil }
        let flows = try self.configuration.load().configuration.flows
        if let settings = flows[name] { return settings.target ?? name }
        return flows.first { $0.value.aliases.contains(name) }.map { $0.value.target ?? $0.key } ?? name
    }
}

/// Where a running ambassador's admin API is.
struct AdminOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The address of the admin API, https://host:port for TLS; that of the configuration if left out.",
            valueName: "address"
        )
    )
    var admin: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The authorities in PEM that the admin API's certificate is checked by; those of the system, or of SSL_CERT_FILE, if left out.",
            valueName: "file"
        )
    )
    var adminCAFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the API key or token to show; else the variable \(AdminKey.variable) is taken.",
            valueName: "file"
        )
    )
    var adminKeyFile: String?

    init() {}

    func client() throws -> any AdminClient {
        let place = try self.place()
        return HTTPAdminClient(
            place: place,
            key: try AdminKey.find(file: self.adminKeyFile),
            tls: place.origin.isTLS ? try self.tls() : nil
        )
    }

    private func tls() throws -> ClientTLS {
        var settings = ClientTLSSettings()
        if let adminCAFile { settings.authorityFile = adminCAFile }
        do throws(CertificateError) {
            return try ClientTLS(settings)
        } catch {
            throw CommandFailure("the admin API's certificate cannot be checked: \(error)")
        }
    }

    private func place() throws -> AdminPlace {
        guard let admin else { return try AdminPlace(try self.configuration.load().configuration.admin) }
        do throws(InvalidValue) {
            return try AdminPlace(admin)
        } catch {
            throw ValidationError("--admin \"\(visible(admin))\" \(error.reason)")
        }
    }
}

/// Whose records or entries are meant.
struct SelectionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Only this flow.", valueName: "flow"))
    var flow: FlowName?

    @Option(name: .long, help: ArgumentHelp("Only this tenant.", valueName: "tenant"))
    var tenant: TenantID?

    init() {}
}

/// How the result is written.
struct FormatOptions: ParsableArguments {
    @Option(name: .long, help: "How the result is written.")
    var format = OutputFormat.table

    init() {}

    func write(_ table: OutputTable, to output: any TextOutput) throws(OutputError) {
        let writer = ResultWriter(self.format, to: output)
        try writer.add(table)
        try writer.end()
    }
}

extension OutputFormat: ExpressibleByArgument {}

/// Outcomes as the command line names them: `degraded,failed`.
struct OutcomeList: ExpressibleByArgument {
    let outcomes: [Outcome]

    init?(argument: String) {
        var outcomes: [Outcome] = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let outcome = Outcome(rawValue: String(name)) else { return nil }
            outcomes.append(outcome)
        }
        self.outcomes = outcomes
    }

    static var allValueStrings: [String] { Outcome.allCases.map(\.rawValue) }
}

extension FlowName: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}

extension TenantID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument.utf8)
    }
}
