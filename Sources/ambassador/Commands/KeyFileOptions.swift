import AmbassadorIdentity
import ArgumentParser

/// Where the API keys are.
struct KeyFileOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The file of the API keys; \(APIKeyFile.defaultPath) if left out.",
            valueName: "file"
        )
    )
    var keysFile: String?

    init() {}

    /// The file that is meant; here is the one place that knows which it is where none is named.
    func file() throws -> APIKeyFile {
        APIKeyFile(self.keysFile ?? APIKeyFile.defaultPath)
    }
}

extension APIKeyID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}
