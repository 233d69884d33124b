/// Which flows are meant: a flow's name in which each `*` stands for any run of bytes, the empty one included.
package struct FlowPattern: Hashable, Sendable, CustomStringConvertible {
    /// Every flow.
    package static let any = FlowPattern(unchecked: "*")

    package let description: String

    /// Checks a pattern: 1 to 128 bytes of `A-Z a-z 0-9 _ - *`, of which at most 8 are `*`.
    ///
    /// - Returns: `nil` where the text is not a pattern.
    package init?(_ text: String) {
        let star = UInt8(ascii: "*")
        guard (1...128).contains(text.utf8.count), text.utf8.filter({ $0 == star }).count <= 8 else { return nil }
        // Without a star it is one flow's name, of which some spellings are refused.
        guard FlowName(text) != nil || text.utf8.contains(star) else { return nil }
        guard text.utf8.allSatisfy({ $0 == star || Self.isNameByte($0) }) else { return nil }
        self.description = text
    }

    private init(unchecked text: String) {
        self.description = text
    }

    /// Whether a flow is meant.
    package func matches(_ flow: FlowName) -> Bool {
        if self.description.utf8.count == 1, self == .any { return true }
        var (pattern, name) = (Substring(self.description).utf8, Substring(flow.description).utf8)
        // Where the last star was, and what of the name it has taken: another byte each time the rest does not fit.
        var retry: (pattern: Substring.UTF8View, name: Substring.UTF8View)?
        while let byte = name.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern.removeFirst()
                retry = (pattern, name)
            } else if pattern.first == byte {
                pattern.removeFirst()
                name.removeFirst()
            } else if var last = retry {
                last.name.removeFirst()
                retry = last
                (pattern, name) = last
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
