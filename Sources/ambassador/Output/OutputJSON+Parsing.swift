import Foundation

extension OutputJSON {
    /// Reads a JSON text; the members of objects are sorted by name.
    ///
    /// - Returns: `nil` where it is not JSON.
    init?(parsing data: Data) {
        guard let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else { return nil }
        self.init(value)
    }

    private init(_ value: Any) {
        switch value {
        case let object as [String: Any]:
            self = .object(object.sorted { $0.key < $1.key }.map { ($0.key, OutputJSON($0.value)) })
        case let array as [Any]:
            self = .array(array.map { OutputJSON($0) })
        case let text as String:
            self = .string(text)
        case let number as NSNumber:
            // The encoding "c" is how `NSNumber` marks a boolean.
            let isBoolean = String(cString: number.objCType) == "c"
            self = isBoolean ? .boolean(number.boolValue) : .number(number.stringValue)
        default:
            self = .null
        }
    }

    /// Each number, text and truth in the value with its way to it, such as `memory.entries`.
    var table: OutputTable {
        OutputTable(columns: ["name", "value"], rows: self.rows(at: ""))
    }

    private func rows(at path: String) -> [[OutputTable.Value]] {
        func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        switch self {
        case .object(let members):
            return members.flatMap { $0.value.rows(at: inner($0.name)) }
        case .array(let values):
            return values.enumerated().flatMap { $1.rows(at: inner(String($0))) }
        case .null: return [[.text(path), .null]]
        case .string(let text): return [[.text(path), .text(text)]]
        case .boolean(let value): return [[.text(path), .text(value ? "true" : "false")]]
        case .number(let digits):
            return [
                [.text(path), Int64(digits).map { .integer($0) } ?? Double(digits).map { .real($0) } ?? .text(digits)]
            ]
        }
    }
}
