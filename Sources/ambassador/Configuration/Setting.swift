import AmbassadorCore

/// One key of the configuration: how it is named, read, shown and explained.
struct Setting<Root: Sendable>: Sendable {
    /// The key's way from the root of its block, such as `upstream.breaker.window`.
    let path: String
    let typeName: String
    let range: String
    let notation: SettingNotation
    /// Whether errors must not repeat the value.
    let isSecret: Bool
    /// Whether the value may be `file:/path`.
    let mayBeFile: Bool
    let isOptional: Bool
    /// What the setting means, in one sentence.
    let summary: String
    /// Puts a value in its place.
    let set: @Sendable (SettingValue, inout Root) throws(InvalidValue) -> Void
    /// The value in force; secrets are hidden.
    let value: @Sendable (Root) -> SettingValue

    init<Value: Sendable>(
        _ path: String,
        _ property: any WritableKeyPath<Root, Value> & Sendable,
        _ type: SettingType<Value>,
        _ summary: String
    ) {
        self.init(path, property, type, isOptional: false, summary)
    }

    /// A setting that may be nothing.
    init<Value: Sendable>(
        _ path: String,
        optional property: any WritableKeyPath<Root, Value?> & Sendable,
        _ type: SettingType<Value>,
        _ summary: String
    ) {
        self.init(path, property, type.optional, isOptional: true, summary)
    }

    private init<Value: Sendable>(
        _ path: String,
        _ property: any WritableKeyPath<Root, Value> & Sendable,
        _ type: SettingType<Value>,
        isOptional: Bool,
        _ summary: String
    ) {
        self.path = path
        self.typeName = type.name
        self.range = type.range
        self.notation = type.notation
        self.mayBeFile = type.name == "secret"
        // URLs carry passwords.
        self.isSecret = type.name == "secret" || type.name == "URL"
        self.isOptional = isOptional
        self.summary = summary
        self.set = { value, root throws(InvalidValue) in root[keyPath: property] = try type.parse(value) }
        self.value = { root in type.format(root[keyPath: property]) }
    }

    private init<Inner>(
        _ path: String,
        lifting inner: Setting<Inner>,
        set: @escaping @Sendable (SettingValue, inout Root) throws(InvalidValue) -> Void,
        value: @escaping @Sendable (Root) -> SettingValue
    ) {
        self.path = path
        self.typeName = inner.typeName
        self.range = inner.range
        self.notation = inner.notation
        self.isSecret = inner.isSecret
        self.mayBeFile = inner.mayBeFile
        self.isOptional = inner.isOptional
        self.summary = inner.summary
        self.set = set
        self.value = value
    }

    /// The same setting as a part of a larger block.
    func lifted<Outer: Sendable>(
        to prefix: String,
        _ property: any WritableKeyPath<Outer, Root> & Sendable
    ) -> Setting<Outer> {
        Setting<Outer>(
            "\(prefix).\(self.path)",
            lifting: self,
            set: { value, outer throws(InvalidValue) in try self.set(value, &outer[keyPath: property]) },
            value: { self.value($0[keyPath: property]) }
        )
    }
}

/// The settings of one block, found by path.
struct SettingsBlock<Root: Sendable>: Sendable {
    /// In the order in which they are documented.
    let settings: [Setting<Root>]
    private let byPath: [String: Setting<Root>]
    /// The names that may follow a path, the empty path included, in the order of the settings.
    private let children: [String: [String]]

    init(_ settings: [Setting<Root>]) {
        self.settings = settings
        self.byPath = Dictionary(uniqueKeysWithValues: settings.map { ($0.path, $0) })
        var children: [String: [String]] = [:]
        for setting in settings {
            var parent = ""
            for name in setting.path.split(separator: ".").map(String.init) {
                if children[parent]?.contains(name) != true { children[parent, default: []].append(name) }
                parent = parent.isEmpty ? name : "\(parent).\(name)"
            }
        }
        self.children = children
    }

    func setting(_ path: String) -> Setting<Root>? { self.byPath[path] }

    /// The names that may stand in the block at a path; `nil` where the path is no block.
    func names(in path: String) -> [String]? { self.children[path] }
}
