import AmbassadorIdentity
import ArgumentParser

/// Where the API keys are.
struct KeyFileOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The file of the API keys; that of the configuration if left out.",
            valueName: "file"
        )
    )
    var keysFile: String?

    init() {}

    /// The file that is meant.
    func file() throws -> APIKeyFile {
        if let keysFile { return APIKeyFile(keysFile) }
        return APIKeyFile(try self.configuration.load().configuration.auth.keysFile)
    }
}

extension APIKeyID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}
