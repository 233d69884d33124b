import Foundation

@testable import ambassador

/// A folder of its own for one test.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        self.path = NSTemporaryDirectory() + "ambassador-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = "\(self.path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    deinit {
        // A folder that stays behind in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: self.path)
    }
}

/// Loads a text as `ambassador.yaml` would be.
func load(
    _ yaml: String,
    environment: [String: String] = [:],
    flags: [SettingFlag] = []
) throws -> LoadedConfiguration {
    let folder = try TemporaryFolder()
    _ = try folder.write(yaml, to: "ambassador.yaml")
    return try ConfigurationLoader(environment: environment, directory: folder.path).load(flags: flags)
}

/// The errors of a text, each without the folder of its file; empty where it can be used.
func errors(
    of yaml: String,
    environment: [String: String] = [:],
    flags: [SettingFlag] = []
) throws -> [String] {
    let folder = try TemporaryFolder()
    _ = try folder.write(yaml, to: "ambassador.yaml")
    do throws(ConfigurationErrors) {
        _ = try ConfigurationLoader(environment: environment, directory: folder.path).load(flags: flags)
        return []
    } catch {
        return error.errors.map { $0.description.replacing("\(folder.path)/", with: "") }
    }
}
