import AmbassadorCore

/// JSON for people and their terminals: members in their order, and what a terminal would act upon escaped.
enum JSONText {
    /// The value on one line.
    static func line(_ value: JSONValue) -> String {
        var text = ""
        Self.write(value, into: &text, indentation: nil)
        return text
    }

    /// The value over several lines, two spaces a level, for a line that is indented by so many spaces.
    static func pretty(_ value: JSONValue, indentation: Int = 0) -> String {
        var text = ""
        Self.write(value, into: &text, indentation: indentation)
        return text
    }

    private static func write(_ value: JSONValue, into text: inout String, indentation: Int?) {
        switch value {
        case .null: text += "null"
        case .bool(let isTrue): text += isTrue ? "true" : "false"
        case .number(let lexeme): text += lexeme.text
        case .string(let string): Self.write(string.text, into: &text)
        case .array(let elements):
            Self.write(elements, between: ("[", "]"), into: &text, indentation) { element, text, inner in
                Self.write(element, into: &text, indentation: inner)
            }
        case .object(let members):
            Self.write(members, between: ("{", "}"), into: &text, indentation) { member, text, inner in
                Self.write(member.name.text, into: &text)
                text += inner == nil ? ":" : ": "
                Self.write(member.value, into: &text, indentation: inner)
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

    private static func write(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where isShowable(scalar): text.unicodeScalars.append(scalar)
            default:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        text += "\""
    }
}

extension JSONValue {
    static func text(_ text: String) -> JSONValue { .string(JSONString(text)) }

    /// A number as JSON writes it.
    static func digits(_ digits: String) -> JSONValue { .number(JSONString(digits)) }
}

extension JSONMember {
    init(_ name: String, _ value: JSONValue) {
        self.init(name: JSONString(name), value: value)
    }
}
