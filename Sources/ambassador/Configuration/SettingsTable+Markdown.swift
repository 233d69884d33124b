extension SettingsTable {
    /// The settings table of the README: key, meaning, type, limits and default, one row a setting.
    static var markdown: String {
        let defaults = AmbassadorConfiguration()
        var lines = ["| key | meaning | type | range | default |", "|---|---|---|---|---|"]
        for setting in Self.top.settings {
            let value = setting.value(defaults)
            lines.append(Self.row(setting.path, setting, default: value == .none ? "" : "`\(value.plainText)`"))
        }
        for map in Self.maps {
            let isInherited = map.path == "flows"
            for setting in map.settings where !isInherited || Self.top.setting("defaults.\(setting.path)") == nil {
                let path = "\(map.path).\(map.placeholder).\(setting.path)"
                let initial = setting.initial.map { "`\($0)`" } ?? ""
                lines.append("| `\(path)` | \(setting.summary) | \(setting.typeName) | \(setting.range) | \(initial) |")
            }
            if isInherited {
                lines.append("| `flows.NAME.…` | Any setting of `defaults`, for one flow. | | | as in `defaults` |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row<Root: Sendable>(_ path: String, _ setting: Setting<Root>, default text: String) -> String {
        "| `\(path)` | \(setting.summary) | \(setting.typeName) | \(setting.range) | \(text) |"
    }
}

extension SettingValue {
    /// The value on one line, as an environment variable would write it.
    var plainText: String {
        switch self {
        case .none: ""
        case .text(let text): text
        case .list(let names): names.isEmpty ? "[]" : names.joined(separator: ",")
        }
    }
}
