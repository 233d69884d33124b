import AmbassadorCore

/// The environment's part of a configuration.
extension ConfigurationReading {
    /// What the variables of all settings begin with.
    static let variablePrefix = "AMBASSADOR_"

    /// The variables that LangFlow's own tools use, taken where the settings are not set otherwise.
    private static let conveniences = [("LANGFLOW_URL", "upstream.url"), ("LANGFLOW_API_KEY", "upstream.api_key")]

    /// The variables of the program that are no settings: where the configuration is, and with what the commands show who they are.
    private static let otherVariables: Set = [ConfigurationLoader.fileVariable, AdminKey.variable]

    /// The variable that sets a top-level setting: `AMBASSADOR_HOT_CACHE_REDIS` for `hot_cache.redis`.
    static func variable(for path: String) -> String {
        Self.variablePrefix + path.uppercased().replacing(".", with: "_")
    }

    private static let pathsByVariable = Dictionary(
        uniqueKeysWithValues: SettingsTable.top.settings.map { (Self.variable(for: $0.path), $0.path) }
    )

    mutating func applyEnvironment() {
        for (name, value) in self.environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(Self.variablePrefix)
        {
            if let path = Self.pathsByVariable[name] {
                self.apply(value, to: path, from: .environment(name))
            } else if !Self.otherVariables.contains(name), !Self.isServiceLink(name) {
                self.errors.append(
                    ConfigurationError(
                        origin: .environment(name),
                        key: "",
                        reason: "is not a setting",
                        nearest: NearestName.of(name.utf8, among: Self.pathsByVariable.keys.sorted())
                    )
                )
            }
        }
        for (name, path) in Self.conveniences where self.origins[path] == nil {
            if let value = self.environment[name], !value.isEmpty {
                self.apply(value, to: path, from: .environment(name))
            }
        }
    }

    /// Whether a variable is one that Kubernetes sets in every pod for a service named `ambassador` or `ambassador-…`.
    private static func isServiceLink(_ name: String) -> Bool {
        name.firstMatch(
            of: /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/
        ) != nil
    }
}
