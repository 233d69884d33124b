/// How long files and functions may be.
///
/// Files aim at 150 lines and functions at 25; the numbers here are the ones that nobody may exceed.
enum LengthRules {
    static let fileLinesMax = 400
    static let functionLinesMax = 70

    static func violations(in file: SourceFile) -> [Violation] {
        var found: [Violation] = []
        if file.lineCount > self.fileLinesMax {
            found.append(Violation(path: file.path, line: file.lineCount, rule: "over \(self.fileLinesMax) lines"))
        }
        for function in self.functions(in: file) where function.lineCount > self.functionLinesMax {
            let rule = "a function of \(function.lineCount) lines, over \(self.functionLinesMax)"
            found.append(Violation(path: file.path, line: function.firstLine, rule: rule))
        }
        return found
    }

    /// Where a function begins, counted from one, and how many lines it has from its name to its closing brace.
    struct Function: Equatable {
        let firstLine: Int
        let lineCount: Int
    }

    /// The functions, initializers and deinitializers that have a body, nested ones too.
    static func functions(in file: SourceFile) -> [Function] {
        let tokens = Token.all(in: file.code)
        return tokens.indices.compactMap { index in
            guard Self.beginsFunction(tokens, at: index), let end = Self.endOfBody(tokens, from: index + 1) else {
                return nil
            }
            return Function(firstLine: tokens[index].line, lineCount: tokens[end].line - tokens[index].line + 1)
        }
    }

    private static func beginsFunction(_ tokens: [Token], at index: Int) -> Bool {
        guard index == 0 || tokens[index - 1].text != "." else { return false }
        switch tokens[index].text {
        case "func", "deinit": return true
        case "init": return index + 1 < tokens.count && ["(", "?", "<"].contains(tokens[index + 1].text)
        default: return false
        }
    }

    /// The index of the brace that closes the body; `nil` for a requirement of a protocol, which has none.
    private static func endOfBody(_ tokens: [Token], from start: Int) -> Int? {
        let nextDeclaration: Set<String> = ["func", "init", "deinit", "var", "let", "case", "static", "subscript", "}"]
        var parentheses = 0
        var index = start
        while index < tokens.count {
            let text = tokens[index].text
            if text == "(" || text == "[" { parentheses += 1 }
            if text == ")" || text == "]" { parentheses -= 1 }
            if parentheses == 0 {
                if text == "{" { return self.closingBrace(tokens, from: index) }
                if nextDeclaration.contains(text) { return nil }
            }
            index += 1
        }
        return nil
    }

    private static func closingBrace(_ tokens: [Token], from opening: Int) -> Int? {
        var depth = 0
        for index in opening..<tokens.count {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}

/// A word or a single other character of the code.
struct Token: Equatable {
    let text: String
    /// Counted from one.
    let line: Int

    static func all(in code: [String]) -> [Token] {
        var tokens: [Token] = []
        for (number, line) in code.enumerated() {
            var word = ""
            for character in line + "\n" {
                if character.isLetter || character.isNumber || character == "_" {
                    word.append(character)
                    continue
                }
                if !word.isEmpty { tokens.append(Token(text: word, line: number + 1)) }
                word = ""
                if !character.isWhitespace { tokens.append(Token(text: String(character), line: number + 1)) }
            }
        }
        return tokens
    }
}
