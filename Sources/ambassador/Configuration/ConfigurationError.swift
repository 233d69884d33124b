/// One thing that is wrong with a configuration, as one line for the operator.
struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    let origin: Origin
    /// The full path of the key; empty where the whole file is meant.
    let key: String
    let reason: String
    /// The valid key that was most likely meant.
    var nearest: String?

    var description: String {
        let subject = self.key.isEmpty ? "" : "\(visible(self.key)): "
        let hint = self.nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        return "\(self.origin): \(subject)\(self.reason)\(hint)"
    }
}

/// Everything that is wrong with a configuration.
struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// `EX_CONFIG` of `sysexits.h`: the exit status of every command that is given a configuration it cannot use.
    static let exitStatus: Int32 = 78
    /// More errors than this follow from the first ones more often than not.
    static let shownMax = 20

    /// Never empty; in the order of the file, then those of the environment and the flags.
    let errors: [ConfigurationError]

    /// One line an error.
    var description: String {
        var lines = self.errors.prefix(Self.shownMax).map(\.description)
        if self.errors.count > Self.shownMax { lines.append("and \(self.errors.count - Self.shownMax) more") }
        return lines.joined(separator: "\n")
    }
}

/// Where a value comes from.
enum Origin: Sendable, Hashable, CustomStringConvertible {
    case `default`
    case file(String, line: Int, column: Int)
    case environment(String)
    case flag(String)
    /// A flow's setting that it takes from `defaults`.
    case inherited

    var description: String {
        switch self {
        case .default: "default"
        case .file(let file, let line, let column): "\(file):\(line):\(column)"
        case .environment(let name): "environment \(visible(name))"
        case .flag(let name): "flag \(name)"
        case .inherited: "defaults"
        }
    }
}

/// A text of unknown origin on one line: control and format characters as escapes, at most 80 characters.
func visible(_ text: String) -> String {
    var shown = ""
    for (position, scalar) in text.unicodeScalars.enumerated() {
        guard position < 80 else { return shown + "…" }
        shown += isShowable(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return shown
}

/// Whether a character may go to a terminal: control, format and separator characters could move the cursor or reorder the line.
func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    // Joiners build emoji and the letters of several scripts; the other format characters only hide or reorder.
    case .format: scalar.value == 0x200D || scalar.value == 0x200C
    default: true
    }
}
