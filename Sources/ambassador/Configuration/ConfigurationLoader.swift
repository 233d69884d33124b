import AmbassadorCore
import Foundation

/// Finds, reads and checks a configuration.
///
/// What counts, from the least to the most: defaults, the file, the environment, the command line.
struct ConfigurationLoader {
    static let fileVariable = "AMBASSADOR_CONFIG"
    static let defaultFile = "ambassador.yaml"

    let environment: [String: String]
    /// Where ``defaultFile`` is looked for.
    let directory: String

    init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String = FileManager.default.currentDirectoryPath
    ) {
        self.environment = environment
        self.directory = directory
    }

    /// Loads the configuration from the file that the command line names, or where it names none, from the one that is found.
    func load(file: String? = nil, flags: [SettingFlag] = []) throws(ConfigurationErrors) -> LoadedConfiguration {
        var reading = ConfigurationReading(environment: self.environment)
        let file = self.file(named: file)
        if file == "" {
            // Without a file, the defaults would hold, which ask nobody who calls.
            let origin =
                self.environment[Self.fileVariable] == "" ? Origin.environment(Self.fileVariable) : .flag("--config")
            let reason = "is empty; name a file, or leave it out"
            reading.errors.append(ConfigurationError(origin: origin, key: "", reason: reason))
        } else if let file {
            self.read(file, into: &reading)
        }
        reading.applyEnvironment()
        for flag in flags {
            reading.apply(flag.value, to: flag.path, from: .flag(flag.name))
        }
        reading.readMaps()
        if reading.errors.isEmpty {
            let rules = ConfigurationRules(configuration: reading.configuration, origins: reading.origins)
            reading.errors += rules.errors
            reading.warnings += rules.warnings
        }
        guard reading.errors.isEmpty else { throw ConfigurationErrors(errors: Self.sorted(reading.errors)) }
        return LoadedConfiguration(
            configuration: reading.configuration,
            origins: reading.origins,
            file: file,
            warnings: reading.warnings
        )
    }

    private func file(named name: String?) -> String? {
        if let name { return name }
        if let name = self.environment[Self.fileVariable] { return name }
        let path = "\(self.directory)/\(Self.defaultFile)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return self.directory == FileManager.default.currentDirectoryPath ? Self.defaultFile : path
    }

    private func read(_ file: String, into reading: inout ConfigurationReading) {
        let yaml: String
        do throws(InvalidValue) {
            yaml = try SmallFile.read(file, bytesMax: ConfigurationDocument.bytesMax)
        } catch {
            let origin = Origin.file(file, line: 1, column: 1)
            let reason = "the file cannot be used: \(error.reason)"
            reading.errors.append(ConfigurationError(origin: origin, key: "", reason: reason))
            return
        }
        let document = ConfigurationDocument(yaml, file: file)
        reading.errors += document.errors
        if let root = document.root { reading.readTop(root) }
    }

    private static func sorted(_ errors: [ConfigurationError]) -> [ConfigurationError] {
        func rank(_ error: ConfigurationError) -> (Int, Int) {
            guard case .file(_, let line, let column) = error.origin else { return (.max, .max) }
            return (line, column)
        }
        // The standard library's sort is stable, so those without a line keep their order behind the others.
        return errors.sorted { rank($0) < rank($1) }
    }
}

/// A setting as the command line gives it.
struct SettingFlag: Sendable, Equatable {
    /// As it is written, such as `--ttl`.
    let name: String
    let path: String
    let value: String
}

/// A configuration that may be used, and where it comes from.
struct LoadedConfiguration: Sendable {
    let configuration: AmbassadorConfiguration
    /// By path; what is not listed has its default, or in a flow that of `defaults`.
    let origins: [String: Origin]
    /// `nil` where there is no file.
    let file: String?
    /// What works, but hardly as it is meant; one sentence each.
    let warnings: [String]
}
