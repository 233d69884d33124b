import AmbassadorCore

extension JSONValue {
    /// Each number, text and truth in the value with its way to it, such as `memory.entries`.
    var table: OutputTable {
        OutputTable(columns: ["name", "value"], rows: self.rows(at: ""))
    }

    private func rows(at path: String) -> [[OutputTable.Value]] {
        func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        switch self {
        case .object(let members): return members.flatMap { $0.value.rows(at: inner($0.name.text)) }
        case .array(let elements): return elements.enumerated().flatMap { $1.rows(at: inner(String($0))) }
        case .null: return [[.text(path), .null]]
        case .string(let string): return [[.text(path), .text(string.text)]]
        case .bool(let isTrue): return [[.text(path), .text(isTrue ? "true" : "false")]]
        case .number(let lexeme):
            let digits = lexeme.text
            let number = Int64(digits).map { OutputTable.Value.integer($0) } ?? Double(digits).map { .real($0) }
            return [[.text(path), number ?? .text(digits)]]
        }
    }
}
