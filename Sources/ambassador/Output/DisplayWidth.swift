extension String {
    /// How many columns of a terminal the text takes.
    var columnCount: Int { self.reduce(0) { $0 + $1.columnCount } }

    /// The text, or as much of it as fits with `…` behind it.
    func cut(toColumns limit: Int) -> String {
        guard self.columnCount > limit else { return self }
        var text = ""
        var count = 0
        for character in self {
            guard count + character.columnCount < limit else { break }
            text.append(character)
            count += character.columnCount
        }
        return limit > 0 ? text + "…" : ""
    }
}

extension Character {
    /// Two for what East Asian scripts and emoji draw wide, zero for marks that stand alone, else one.
    fileprivate var columnCount: Int {
        guard let first = self.unicodeScalars.first else { return 0 }
        // U+FE0F asks for the emoji form of a character that also has a narrow one.
        if self.unicodeScalars.contains("\u{FE0F}") || first.properties.isEmojiPresentation || first.isWide { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }
}

extension Unicode.Scalar {
    /// The blocks whose East_Asian_Width is W or F (UAX #11), emoji aside.
    fileprivate var isWide: Bool {
        switch self.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF: true
        case 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
        case 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD: true
        default: false
        }
    }
}
