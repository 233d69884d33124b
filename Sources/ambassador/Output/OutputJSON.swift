/// A JSON value that keeps the order of its members and the digits of its numbers.
indirect enum OutputJSON: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// The number as JSON writes it.
    case number(String)
    case string(String)
    case array([OutputJSON])
    case object([(name: String, value: OutputJSON)])

    static func == (left: OutputJSON, right: OutputJSON) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    /// The value on one line.
    var text: String {
        var text = ""
        self.write(into: &text, indentation: nil)
        return text
    }

    /// The value over several lines, two spaces a level.
    var prettyText: String {
        var text = ""
        self.write(into: &text, indentation: 0)
        return text
    }

    /// Puts a value at the end of a way through objects, which are made where they are missing.
    mutating func insert(_ value: OutputJSON, at path: ArraySlice<String>) {
        guard case .object(var members) = self, let name = path.first else { return }
        let rest = path.dropFirst()
        let position = members.firstIndex { $0.name == name }
        if rest.isEmpty {
            members.append((name, value))
        } else {
            var inner = position.map { members[$0].value } ?? .object([])
            inner.insert(value, at: rest)
            if let position { members[position].value = inner } else { members.append((name, inner)) }
        }
        self = .object(members)
    }

    private func write(into text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let value): Self.write(value, into: &text)
        case .array(let values):
            Self.write(values, between: ("[", "]"), into: &text, indentation) { value, text, inner in
                value.write(into: &text, indentation: inner)
            }
        case .object(let members):
            Self.write(members, between: ("{", "}"), into: &text, indentation) { member, text, inner in
                Self.write(member.name, into: &text)
                text += inner == nil ? ":" : ": "
                member.value.write(into: &text, indentation: inner)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element],
        between brackets: (String, String),
        into text: inout String,
        _ indentation: Int?,
        _ body: (Element, inout String, Int?) -> Void
    ) {
        text += brackets.0
        let inner = indentation.map { $0 + 2 }
        for (position, element) in elements.enumerated() {
            if position > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: " ", count: inner) }
            body(element, &text, inner)
        }
        if let indentation, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indentation) }
        text += brackets.1
    }

    private static func write(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                // What a terminal would act upon is escaped too; JSON allows it, and nothing is lost.
                if isShowable(scalar) {
                    text.unicodeScalars.append(scalar)
                } else {
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                }
            }
        }
        text += "\""
    }
}
