import Yams

/// A YAML file as a tree of texts, with the place of each.
///
/// No text is converted on the way (`no`, `1_000` and `2026-01-01` stay what they are), so none of the surprises of YAML 1.1's
/// implicit types can happen. Anchors, aliases, merge keys and tags are refused: `defaults` is the way to share settings.
struct ConfigurationDocument {
    /// A file that is larger is no configuration.
    static let bytesMax = 1 << 20
    private static let depthMax = 8

    let file: String
    /// `nil` where the file has nothing in it.
    private(set) var root: ConfigurationNode?
    private(set) var errors: [ConfigurationError] = []

    /// Reads a text; what is wrong with it is in ``errors``.
    init(_ yaml: String, file: String) {
        self.file = file
        do {
            let parser = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8)
            guard let node = try parser.singleRoot() else { return }
            self.root = self.convert(node, depth: 0, key: "")
        } catch let error as YamlError {
            self.errors.append(self.describe(error))
        } catch {
            self.errors.append(self.error(line: 1, column: 1, key: "", "is not YAML"))
        }
    }

    private func error(line: Int, column: Int, key: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(origin: .file(self.file, line: line, column: column), key: key, reason: reason)
    }

    private mutating func convert(_ node: Node, depth: Int, key: String) -> ConfigurationNode? {
        let line = node.mark?.line ?? 1
        let column = node.mark?.column ?? 1
        if let refusal = Self.refusal(of: node, depth: depth) {
            self.errors.append(self.error(line: line, column: column, key: key, refusal))
            return nil
        }
        let origin = Origin.file(self.file, line: line, column: column)
        switch node {
        case .scalar(let scalar):
            return ConfigurationNode(
                origin: origin,
                content: .scalar(scalar.string, isPlain: scalar.style == .plain)
            )
        case .sequence(let sequence):
            let nodes = sequence.compactMap { self.convert($0, depth: depth + 1, key: key) }
            return ConfigurationNode(origin: origin, content: .sequence(nodes))
        case .mapping(let mapping):
            return ConfigurationNode(
                origin: origin,
                content: .mapping(self.entries(of: mapping, depth: depth, key: key))
            )
        case .alias:
            return nil
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int, key: String) -> [ConfigurationNode.Entry] {
        var entries: [ConfigurationNode.Entry] = []
        for (nameNode, valueNode) in mapping {
            guard let name = self.convert(nameNode, depth: depth + 1, key: key) else { continue }
            guard case .scalar(let text, _) = name.content else {
                self.errors.append(
                    ConfigurationError(origin: name.origin, key: key, reason: "a key must be a single text")
                )
                continue
            }
            let path = key.isEmpty ? text : "\(key).\(text)"
            guard text != "<<" else {
                let reason = "merge keys are not supported; put shared settings into \"defaults\""
                self.errors.append(ConfigurationError(origin: name.origin, key: path, reason: reason))
                continue
            }
            guard let value = self.convert(valueNode, depth: depth + 1, key: path) else { continue }
            entries.append(ConfigurationNode.Entry(name: text, origin: name.origin, value: value))
        }
        return entries
    }

    private static func refusal(of node: Node, depth: Int) -> String? {
        if node.anchor != nil {
            return "anchors and aliases are not supported; put shared settings into \"defaults\""
        }
        if depth > Self.depthMax * 2 { return "is nested too deeply" }
        let known: [Tag.Name] = [.str, .int, .float, .bool, .null, .map, .seq, .implicit]
        return known.contains(where: { $0.rawValue == node.tag.rawValue }) ? nil : "tags are not supported"
    }

    /// The error of the parser without the text of the file, which it carries along and which may hold secrets.
    private func describe(_ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let reason = ([context?.text, problem].compactMap { $0 }).joined(separator: ", ")
            return self.error(line: mark.line, column: mark.column, key: "", "is not valid YAML: \(reason)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().map { visible($0) }.joined(separator: ", ")
            let reason = "appears more than once in the same block"
            return self.error(line: context.mark.line, column: context.mark.column, key: names, reason)
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            let line = 1 + before.count { $0.isNewline }
            let column = 1 + before.reversed().prefix { !$0.isNewline }.count
            return self.error(line: line, column: column, key: "", "is not valid YAML: \(problem)")
        default:
            return self.error(line: 1, column: 1, key: "", "is not valid YAML")
        }
    }
}

/// A part of a configuration file.
struct ConfigurationNode {
    let origin: Origin
    let content: Content

    enum Content {
        /// A plain text is one without quotes.
        case scalar(String, isPlain: Bool)
        case sequence([ConfigurationNode])
        case mapping([Entry])
    }

    struct Entry {
        let name: String
        let origin: Origin
        let value: ConfigurationNode
    }

    /// Whether nothing stands where a value might.
    var isAbsent: Bool {
        guard case .scalar("", isPlain: true) = self.content else { return false }
        return true
    }

    /// Whether the node is what YAML 1.2 calls null.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = self.content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}
