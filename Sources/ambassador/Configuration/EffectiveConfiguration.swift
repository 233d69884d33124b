import AmbassadorCore

/// A configuration as `config show` writes it: every value in force, and where it comes from.
///
/// Secrets are hidden.
struct EffectiveConfiguration {
    private let loaded: LoadedConfiguration

    init(_ loaded: LoadedConfiguration) {
        self.loaded = loaded
    }

    private struct Line {
        let path: [String]
        let value: SettingValue
        let notation: SettingNotation
        let origin: Origin
    }

    private var lines: [Line] {
        var lines = SettingsTable.top.settings.map { setting in
            Line(
                path: setting.path.split(separator: ".").map(String.init),
                value: setting.value(self.loaded.configuration),
                notation: setting.notation,
                origin: self.loaded.origins[setting.path] ?? .default
            )
        }
        for map in SettingsTable.maps {
            let shown = map.shown(self.loaded.configuration).map { self.line($0, of: map) }
            // What stands in one block follows one another.
            let parent = map.parent
            let place = lines.lastIndex { !parent.isEmpty && $0.path.first == parent }
            lines.insert(contentsOf: shown, at: place.map { $0 + 1 } ?? lines.endIndex)
        }
        return lines
    }

    private func line(_ shown: SettingsMap.Shown, of map: SettingsMap) -> Line {
        let origin = self.loaded.origins["\(map.path).\(shown.name).\(shown.path)"]
        let isInherited = map.path == "flows" && SettingsTable.top.setting("defaults.\(shown.path)") != nil
        let blocks = map.path.split(separator: ".").map(String.init) + [shown.name]
        return Line(
            path: blocks + shown.path.split(separator: ".").map(String.init),
            value: shown.value,
            notation: shown.notation,
            origin: origin ?? (isInherited ? .inherited : .default)
        )
    }

    /// YAML that reads back as the same settings, but for the secrets; the origin of each is behind it as a comment.
    var yaml: String {
        var text = ""
        var open: [String] = []
        for line in self.lines {
            let blocks = Array(line.path.dropLast())
            var depth = zip(open, blocks).prefix { $0 == $1 }.count
            while depth < blocks.count {
                text += String(repeating: "  ", count: depth) + Self.yamlKey(blocks[depth]) + ":\n"
                depth += 1
            }
            open = blocks
            text += String(repeating: "  ", count: blocks.count) + Self.yamlKey(line.path.last ?? "") + ": "
            text += Self.yamlValue(line.value, line.notation) + "  # \(visible(line.origin.description))\n"
        }
        return text
    }

    /// A JSON object with the nesting of the file.
    var json: JSONValue { Self.object(self.lines[...], depth: 0) }

    /// The lines, which have one way so far, as an object; those of one block follow one another.
    private static func object(_ lines: ArraySlice<Line>, depth: Int) -> JSONValue {
        var members: [JSONMember] = []
        var rest = lines
        while let first = rest.first {
            let name = first.path[depth]
            let block = rest.prefix { $0.path[depth] == name }
            rest = rest.dropFirst(block.count)
            let isSetting = first.path.count == depth + 1
            let value = isSetting ? Self.json(first.value, first.notation) : Self.object(block, depth: depth + 1)
            members.append(JSONMember(name, value))
        }
        return .object(members)
    }

    private static func yamlKey(_ key: String) -> String {
        // Flow names that look like numbers or booleans would be read as such by other tools.
        key.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
            && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(key)
            ? key : JSONText.line(.text(key))
    }

    private static func yamlValue(_ value: SettingValue, _ notation: SettingNotation) -> String {
        switch value {
        case .none: "null"
        // A JSON string is a YAML string; `$${` keeps a literal `${` from being read as a variable.
        case .text(let text): notation == .string ? JSONText.line(.text(text.replacing("${", with: "$${"))) : text
        case .list(let names): "[" + names.map { JSONText.line(.text($0)) }.joined(separator: ", ") + "]"
        }
    }

    private static func json(_ value: SettingValue, _ notation: SettingNotation) -> JSONValue {
        switch (value, notation) {
        case (.none, _): .null
        case (.text(let text), .number): .digits(text)
        case (.text(let text), .boolean): .bool(text == "true")
        case (.text(let text), _): .text(text)
        case (.list(let names), _): .array(names.map { .text($0) })
        }
    }
}
