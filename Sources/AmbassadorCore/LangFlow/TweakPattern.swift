/// Which tweaks a flow takes: a field of a component (`Component.field`), or a field at the top level, which LangFlow gives to every
/// component that has it (`field`).
///
/// A `*` stands at the end of a part and for anything: `Prompt-*.template`, `File-1.*`, `*.temperature`; a lone `*` is every tweak, at
/// the top level and of components. Names are bytes, and a component's name is never taken for a part of a field's.
package struct TweakPattern: Hashable, Sendable, CustomStringConvertible {
    private struct Part: Hashable {
        let bytes: [UInt8]
        /// Whether what is named may go on behind the bytes.
        let isOpen: Bool

        init?(_ text: Substring) {
            let star = UInt8(ascii: "*")
            self.isOpen = text.utf8.last == star
            self.bytes = Array(self.isOpen ? text.utf8.dropLast() : text.utf8)
            guard !self.bytes.contains(star), self.bytes.count <= TweakPattern.partBytesMax else { return nil }
            guard self.isOpen || self.bytes.contains(where: { $0 != UInt8(ascii: " ") }) else { return nil }
        }

        func matches(_ name: [UInt8]) -> Bool {
            self.isOpen ? name.starts(with: self.bytes) : name == self.bytes
        }
    }

    /// The longest name of a component or a field, in bytes.
    package static let partBytesMax = 128

    package let description: String
    /// `nil` at the top level.
    private let component: Part?
    private let field: Part

    /// Reads a pattern: a field, or a component and a field behind the last dot, without control characters.
    ///
    /// - Returns: `nil` where the text is none.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        // A component may be called by its display name, which can have dots.
        let dot = text.lastIndex(of: ".")
        guard let field = Part(dot.map { text[text.index(after: $0)...] } ?? text[...]) else { return nil }
        let component = dot.map { Part(text[..<$0]) }
        if case .some(.none) = component { return nil }
        self.component = component ?? nil
        self.field = field
        self.description = text
    }

    /// Whether it allows a field to be changed, of a component or, where that is `nil`, at the top level.
    ///
    /// Bound: the length of the pattern, whatever the names' is.
    func allows(_ field: [UInt8], of component: [UInt8]?) -> Bool {
        if self.isEverything { return true }
        guard let own = self.component else { return component == nil && self.field.matches(field) }
        guard let component else { return false }
        return own.matches(component) && self.field.matches(field)
    }

    /// Whether it allows a field at the top level that a caller has sent for a component.
    func isMistakenly(_ field: [UInt8]) -> Bool { self.component == nil && self.field.matches(field) }

    var isEverything: Bool { self.component == nil && self.field.isOpen && self.field.bytes.isEmpty }

    /// By bytes: `String ==` would take other spellings of a name for the name.
    package static func == (left: TweakPattern, right: TweakPattern) -> Bool {
        left.component == right.component && left.field == right.field
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.component)
        hasher.combine(self.field)
    }
}
