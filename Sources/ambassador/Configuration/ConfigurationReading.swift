import AmbassadorCore
import Foundation

/// A configuration in the making: values as far as they are read, where they come from, and what was wrong.
struct ConfigurationReading {
    let environment: [String: String]
    var configuration = AmbassadorConfiguration()
    var origins: [String: Origin] = [:]
    var errors: [ConfigurationError] = []
    var warnings: [String] = []
    /// What stands in the file under the path of each map.
    private var maps: [String: ConfigurationNode] = [:]

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// Reads everything but the maps, which may begin with what the final defaults say: they are kept for ``readMaps()``.
    mutating func readTop(_ root: ConfigurationNode) {
        guard let entries = self.entries(of: root, key: "") else { return }
        var configuration = self.configuration
        for entry in self.withoutDuplicates(entries, in: "") {
            self.read(entry, at: "", of: SettingsTable.top, into: &configuration, prefix: "", maps: SettingsTable.maps)
        }
        self.configuration = configuration
    }

    mutating func readMaps() {
        for map in SettingsTable.maps {
            if let node = self.maps[map.path] { map.read(node, &self) }
        }
    }

    /// Reads the names of a map and what stands under each.
    mutating func readMap<Name, Element: Sendable>(
        _ node: ConfigurationNode,
        at path: String,
        _ block: SettingsBlock<Element>,
        name read: (String) throws(InvalidValue) -> Name,
        initial: (AmbassadorConfiguration) -> Element,
        set: (Name, Element, inout AmbassadorConfiguration) -> Void
    ) {
        guard let entries = self.entries(of: node, key: path) else { return }
        for entry in self.withoutDuplicates(entries, in: path) {
            let prefix = "\(path).\(entry.name)"
            let name: Name
            do throws(InvalidValue) {
                name = try read(entry.name)
            } catch {
                self.errors.append(ConfigurationError(origin: entry.origin, key: prefix, reason: error.reason))
                continue
            }
            var element = initial(self.configuration)
            self.origins[prefix] = entry.origin
            if let entries = self.entries(of: entry.value, key: prefix) {
                for entry in self.withoutDuplicates(entries, in: prefix) {
                    self.read(entry, at: "", of: block, into: &element, prefix: "\(prefix).", maps: [])
                }
            }
            set(name, element, &self.configuration)
        }
    }

    /// Sets a value that comes from the environment or the command line.
    mutating func apply(_ text: String, to path: String, from origin: Origin) {
        guard let setting = SettingsTable.top.setting(path) else {
            preconditionFailure("no setting is named \(path)")
        }
        let value: SettingValue
        do throws(InvalidValue) {
            value = try Self.value(text, setting.notation)
        } catch {
            self.errors.append(ConfigurationError(origin: origin, key: path, reason: "the value \(error.reason)"))
            return
        }
        var configuration = self.configuration
        self.set(setting, value, written: text, in: &configuration, key: path, from: origin)
        self.configuration = configuration
    }

    /// A text from outside of the file.
    ///
    /// One that is empty is most likely a variable that somebody meant to set: taken for "nothing", it would undo what the file says,
    /// which may be who is let in.
    private static func value(_ text: String, _ notation: SettingNotation) throws(InvalidValue) -> SettingValue {
        func trimmed(_ text: some StringProtocol) -> String { text.trimmingCharacters(in: .whitespaces) }
        guard notation == .list else {
            guard !trimmed(text).isEmpty else {
                throw InvalidValue("is empty; leave it out to keep what is set otherwise")
            }
            return .text(text)
        }
        guard !trimmed(text).isEmpty else { throw InvalidValue("is empty; write a,b, or [] for none") }
        guard trimmed(text) != "[]" else { return .list([]) }
        let elements = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
        guard !elements.contains(where: \.isEmpty) else {
            throw InvalidValue("has an empty element; write a,b, or [] for none")
        }
        return .list(elements)
    }

    private mutating func entries(of node: ConfigurationNode, key: String) -> [ConfigurationNode.Entry]? {
        switch node.content {
        case .mapping(let entries): return entries
        case .scalar where node.isNull: return []
        case .scalar:
            self.fail(node, key, "is a block of settings, but has a single value")
        case .sequence:
            self.fail(node, key, "is a block of settings, but has a list")
        }
        return nil
    }

    private mutating func fail(_ node: ConfigurationNode, _ key: String, _ reason: String) {
        let reason = key.isEmpty ? "the file \(reason)" : reason
        self.errors.append(ConfigurationError(origin: node.origin, key: key, reason: reason))
    }

    // The parser compares keys as `String` does and stops at the first duplicate; this is for whatever it lets pass.
    private mutating func withoutDuplicates(
        _ entries: [ConfigurationNode.Entry],
        in block: String
    ) -> [ConfigurationNode.Entry] {
        var seen: Set<[UInt8]> = []
        return entries.filter { entry in
            guard !seen.insert(Array(entry.name.utf8)).inserted else { return true }
            let key = block.isEmpty ? entry.name : "\(block).\(entry.name)"
            let reason = "appears more than once in the same block"
            self.errors.append(ConfigurationError(origin: entry.origin, key: key, reason: reason))
            return false
        }
    }

    private mutating func read<Root: Sendable>(
        _ entry: ConfigurationNode.Entry,
        at parent: String,
        of block: SettingsBlock<Root>,
        into root: inout Root,
        prefix: String,
        maps: [SettingsMap]
    ) {
        // A dot inside a key would look like a way through blocks.
        let path = parent.isEmpty ? entry.name : "\(parent).\(entry.name)"
        let names = (block.names(in: parent) ?? []) + maps.filter { $0.parent == parent }.map(\.key)
        guard names.contains(where: { $0.utf8.elementsEqual(entry.name.utf8) }) else {
            let nearest = self.nearestKey(to: entry.name, among: names, at: parent, of: block).map { prefix + $0 }
            self.errors.append(
                ConfigurationError(
                    origin: entry.origin,
                    key: prefix + path,
                    reason: "is not a setting",
                    nearest: nearest
                )
            )
            return
        }
        if maps.contains(where: { $0.path == path }) {
            self.maps[path] = entry.value
            return
        }
        if let setting = block.setting(path) {
            // The parser places a value that is not there at all wherever the next token begins.
            let origin = entry.value.isAbsent ? entry.origin : entry.value.origin
            let key = prefix + path
            guard let (value, written) = self.value(of: entry.value, for: setting, key: key, from: origin) else {
                return
            }
            self.set(setting, value, written: written, in: &root, key: key, from: origin)
            return
        }
        guard let entries = self.entries(of: entry.value, key: prefix + path) else { return }
        for entry in self.withoutDuplicates(entries, in: prefix + path) {
            self.read(entry, at: path, of: block, into: &root, prefix: prefix, maps: maps)
        }
    }

    /// The nearest key of the same block, or else one of that very name anywhere.
    private func nearestKey<Root>(
        to name: String,
        among names: [String],
        at parent: String,
        of block: SettingsBlock<Root>
    ) -> String? {
        if let near = NearestName.of(name.utf8, among: names) { return parent.isEmpty ? near : "\(parent).\(near)" }
        return block.settings.first { $0.path.split(separator: ".").last.map(String.init) == name }?.path
    }
}

extension ConfigurationReading {
    /// Turns a node into a value, with variables replaced.
    ///
    /// - Returns: the value, and the text that an error may quote: the one that stands in the file.
    private mutating func value<Root>(
        of node: ConfigurationNode,
        for setting: Setting<Root>,
        key: String,
        from origin: Origin
    ) -> (SettingValue, String)? {
        switch node.content {
        case .scalar(let text, _):
            guard !node.isAbsent else {
                let reason = "has no value; write one, or leave the key out"
                self.errors.append(ConfigurationError(origin: origin, key: key, reason: reason))
                return nil
            }
            if node.isNull { return (.none, "null") }
            guard let value = self.interpolated(text, key: key, from: node.origin) else { return nil }
            return (.text(value), text)
        case .sequence(let nodes):
            var names: [String] = []
            for node in nodes {
                guard case .scalar(let text, _) = node.content, !node.isNull else {
                    self.fail(node, key, "has something in its list that is not a text")
                    return nil
                }
                guard let name = self.interpolated(text, key: key, from: node.origin) else { return nil }
                names.append(name)
            }
            return (.list(names), "the list")
        case .mapping:
            self.fail(node, key, "is a block, but one value is needed")
            return nil
        }
    }

    private mutating func interpolated(_ text: String, key: String, from origin: Origin) -> String? {
        do throws(InvalidValue) {
            return try interpolate(text, environment: self.environment)
        } catch {
            self.errors.append(ConfigurationError(origin: origin, key: key, reason: "the value \(error.reason)"))
            return nil
        }
    }

    private mutating func set<Root>(
        _ setting: Setting<Root>,
        _ value: SettingValue,
        written: String,
        in root: inout Root,
        key: String,
        from origin: Origin
    ) {
        do throws(InvalidValue) {
            let value = setting.mayBeFile ? try Self.secret(value) : value
            try setting.set(value, &root)
            self.origins[key] = origin
        } catch {
            var isQuoted = !setting.isSecret && !written.isEmpty
            if case .text = value {} else { isQuoted = false }
            let subject = isQuoted ? "\"\(visible(written))\"" : "the value"
            self.errors.append(ConfigurationError(origin: origin, key: key, reason: "\(subject) \(error.reason)"))
        }
    }

    /// The content of the file that a `file:/path` names, without the white space at its ends.
    private static func secret(_ value: SettingValue) throws(InvalidValue) -> SettingValue {
        guard case .text(let text) = value, text.utf8.starts(with: "file:".utf8) else { return value }
        let path = String(text.dropFirst(5))
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw InvalidValue("names its file without an absolute path; write file:/path")
        }
        do throws(InvalidValue) {
            let content = try SmallFile.read(path, bytesMax: 65_536, isSecret: true)
            let trimmed = content.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !trimmed.isEmpty else { throw InvalidValue("it is empty") }
            return .text(trimmed)
        } catch {
            throw InvalidValue("is in the file \(visible(path)), which cannot be used: \(error.reason)")
        }
    }
}
