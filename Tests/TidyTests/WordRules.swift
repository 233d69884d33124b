/// What must not stand in `Sources`, and what needs a proof beside it.
enum WordRules {
    private struct Ban {
        let word: String
        let reason: String
        /// The folders in which the word is allowed all the same.
        var allowedIn: [String] = []
    }

    private static let calls = [
        Ban(
            word: "print(",
            reason: "prints; logs go to the logger, and what people read to Output",
            allowedIn: ["Sources/ambassador/Output", "Sources/ambassador/Commands"]
        ),
        Ban(word: "try!", reason: "stops the process on an error"),
        Ban(word: "fatalError(", reason: "stops the process; an impossible state is a preconditionFailure"),
        Ban(word: "Date()", reason: "reads a clock that no test can set", allowedIn: ["Sources/ambassador"]),
        Ban(word: "Task.detached", reason: "starts work that nobody waits for"),
    ]
    private static let notes = ["TODO", "FIXME"]
    private static let claims = ["@unchecked Sendable", "nonisolated(unsafe)"]
    private static let proof = "Safe because"
    private static let proofLinesAbove = 3

    static func violations(in file: SourceFile) -> [Violation] {
        file.code.indices.flatMap { index in
            let reasons =
                self.bannedCalls(at: index, in: file) + self.unfinished(at: index, in: file)
                + self.unproven(at: index, in: file)
            return reasons.map { Violation(path: file.path, line: index + 1, rule: $0) }
        }
    }

    private static func bannedCalls(at index: Int, in file: SourceFile) -> [String] {
        self.calls
            .filter { ban in
                !ban.allowedIn.contains(where: file.isIn) && self.contains(ban.word, asWordIn: file.code[index])
            }
            .map { "\($0.word) \($0.reason)" }
    }

    /// Looks at comments too: that is where such notes stand.
    private static func unfinished(at index: Int, in file: SourceFile) -> [String] {
        self.notes.filter { self.contains($0, asWordIn: file.lines[index]) }.map { "\($0): finish it or leave it out" }
    }

    private static func unproven(at index: Int, in file: SourceFile) -> [String] {
        self.claims
            .filter { file.code[index].contains($0) }
            .filter { _ in
                let above = file.lines[max(0, index - self.proofLinesAbove)...index]
                return !above.contains { $0.contains(self.proof) }
            }
            .map { "\($0) without \"\(self.proof)\" in the \(self.proofLinesAbove) lines above" }
    }

    /// Whether the word stands there, and not as the end or the start of a longer one.
    private static func contains(_ word: String, asWordIn line: String) -> Bool {
        line.ranges(of: word).contains { range in
            let before = range.lowerBound == line.startIndex ? nil : line[line.index(before: range.lowerBound)]
            let after = range.upperBound == line.endIndex ? nil : line[range.upperBound]
            let isOpen = word.last == "("
            return !self.isPartOfName(before) && (isOpen || !self.isPartOfName(after))
        }
    }

    private static func isPartOfName(_ character: Character?) -> Bool {
        guard let character else { return false }
        return character.isLetter || character.isNumber || character == "_"
    }
}
