/// Tells code from comments and strings, well enough for the rules here.
///
/// Knows line comments, nested block comments, string literals with any number of `"` and `#`, and code inside of
/// interpolations. Does not know regular expression literals, of which `Sources` has none.
struct CodeText {
    private let bytes: [UInt8]
    private var position = 0
    private var output: [UInt8] = []

    /// The text with comments and the insides of strings replaced by spaces; every line keeps its number.
    static func blankingCommentsAndStrings(of text: String) -> String {
        var scanner = CodeText(bytes: Array(text.utf8))
        scanner.scanCode(untilClosingParenthesis: false)
        return String(decoding: scanner.output, as: UTF8.self)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        self.output.reserveCapacity(bytes.count)
    }

    private mutating func scanCode(untilClosingParenthesis: Bool) {
        var depth = 0
        while let byte = self.byte(0) {
            if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "/") {
                self.blank { $0.byte(0) == UInt8(ascii: "\n") }
            } else if byte == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "*") {
                self.scanBlockComment()
            } else if let hashes = self.hashesOfString() {
                self.scanString(hashes: hashes)
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if untilClosingParenthesis, depth == 0 { return }
                    depth -= 1
                }
                self.keep(1)
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if self.byte(0) == UInt8(ascii: "/"), self.byte(1) == UInt8(ascii: "*") {
                depth += 1
                self.blank(2)
            } else if self.byte(0) == UInt8(ascii: "*"), self.byte(1) == UInt8(ascii: "/") {
                depth -= 1
                self.blank(2)
            } else {
                self.blank(1)
            }
        } while depth > 0 && self.byte(0) != nil
    }

    /// How many `#` stand before the quotation mark of a string that begins here; `nil` where none does.
    private func hashesOfString() -> Int? {
        var hashes = 0
        while self.byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        return self.byte(hashes) == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func scanString(hashes: Int) {
        let mark = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let isMultiline = self.startsWith([UInt8](repeating: UInt8(ascii: "\""), count: 3), at: hashes)
        let quotes = [UInt8](repeating: UInt8(ascii: "\""), count: isMultiline ? 3 : 1)
        self.keep(hashes + quotes.count)
        while self.byte(0) != nil, !self.startsWith(quotes + mark, at: 0) {
            guard self.startsWith([UInt8(ascii: "\\")] + mark, at: 0) else {
                self.blank(1)
                continue
            }
            self.blank(1 + hashes)
            if self.byte(0) == UInt8(ascii: "(") {
                self.keep(1)
                self.scanCode(untilClosingParenthesis: true)
                self.keep(1)
            } else {
                self.blank(1)
            }
        }
        self.keep(quotes.count + hashes)
    }

    private func byte(_ offset: Int) -> UInt8? {
        let index = self.position + offset
        return index < self.bytes.count ? self.bytes[index] : nil
    }

    private func startsWith(_ expected: [UInt8], at offset: Int) -> Bool {
        expected.indices.allSatisfy { self.byte(offset + $0) == expected[$0] }
    }

    private mutating func keep(_ count: Int) {
        for _ in 0..<count {
            guard let byte = self.byte(0) else { return }
            self.output.append(byte)
            self.position += 1
        }
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count {
            guard let byte = self.byte(0) else { return }
            self.output.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
            self.position += 1
        }
    }

    private mutating func blank(until isEnd: (CodeText) -> Bool) {
        while self.byte(0) != nil, !isEnd(self) { self.blank(1) }
    }
}
