import AmbassadorCore

/// A block under whose path the operator chooses the names, such as `flows`: each name has the same settings.
struct SettingsMap: Sendable {
    /// A setting of one name, as it is in force.
    struct Shown {
        let name: String
        let path: String
        let value: SettingValue
        let notation: SettingNotation
    }

    /// A setting as the settings table explains it.
    struct Explained {
        let path: String
        let summary: String
        let typeName: String
        let range: String
        /// `nil` where nothing is set from the outset.
        let initial: String?
    }

    let path: String
    /// What stands for the chosen name where the settings are explained, such as `NAME`.
    let placeholder: String
    let settings: [Explained]
    let read: @Sendable (ConfigurationNode, inout ConfigurationReading) -> Void
    /// In the order of the names.
    let shown: @Sendable (AmbassadorConfiguration) -> [Shown]

    /// Makes a map of the names that `property` keeps.
    ///
    /// `name` reads a name, and `initial` is what each begins with, given everything that is not in a map.
    init<Name: Hashable & Sendable & CustomStringConvertible, Element: Sendable>(
        _ path: String,
        placeholder: String = "NAME",
        _ property: any WritableKeyPath<AmbassadorConfiguration, [Name: Element]> & Sendable,
        _ block: SettingsBlock<Element>,
        name: @escaping @Sendable (String) throws(InvalidValue) -> Name,
        initial: @escaping @Sendable (AmbassadorConfiguration) -> Element
    ) {
        self.path = path
        self.placeholder = placeholder
        let start = initial(AmbassadorConfiguration())
        self.settings = block.settings.map { setting in
            let value = setting.value(start)
            return Explained(
                path: setting.path,
                summary: setting.summary,
                typeName: setting.typeName,
                range: setting.range,
                initial: value == .none ? nil : value.plainText
            )
        }
        self.read = { node, reading in
            reading.readMap(node, at: path, block, name: name, initial: initial) { name, element, configuration in
                configuration[keyPath: property][name] = element
            }
        }
        self.shown = { configuration in
            configuration[keyPath: property].sorted { $0.key.description < $1.key.description }.flatMap {
                name,
                element in
                block.settings.map {
                    Shown(
                        name: name.description,
                        path: $0.path,
                        value: $0.value(element),
                        notation: $0.notation
                    )
                }
            }
        }
    }

    /// The path of the block that the map stands in; empty for the file itself.
    var parent: String { self.path.split(separator: ".").dropLast().joined(separator: ".") }
    /// The map's own name in that block.
    var key: String { self.path.split(separator: ".").last.map(String.init) ?? self.path }
}
