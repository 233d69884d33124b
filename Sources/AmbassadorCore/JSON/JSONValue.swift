/// A JSON value as it stands in a document (RFC 8259): nothing is rounded, normalized or reordered.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The bytes of a valid JSON number, as they were written: `1`, `1.0` and `1e0` are three values.
    ///
    /// A part of the document, as strings are: an allocation for each would take fifty times the memory of what was read.
    case number(JSONString)
    case string(JSONString)
    case array([JSONValue])
    /// The members in the order of the source; their names are unique.
    case object([JSONMember])

    /// The value of an object's member.
    ///
    /// - Returns: `nil` where there is no such member or the value is no object.
    package subscript(name: StaticString) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isEqual(to: name) }?.value
    }

    /// The text of a string; `nil` for every other kind.
    package var string: JSONString? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The elements of an array; `nil` for every other kind.
    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// A count: a number that is written as digits, and perhaps a fraction of zeros, in 1 to 18 bytes; `nil` for every other value.
    package var count: Int? {
        guard case .number(let lexeme) = self, lexeme.bytes.count <= 18 else { return nil }
        let digits = lexeme.bytes.prefix { $0 != UInt8(ascii: ".") }
        guard lexeme.bytes.dropFirst(digits.count + 1).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        var count = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            count = 10 * count + Int(byte - UInt8(ascii: "0"))
        }
        return count
    }

    /// The kind of the value with its article, for messages to people.
    package var kindWithArticle: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A name and its value within an object.
package struct JSONMember: Hashable, Sendable {
    package let name: JSONString
    package let value: JSONValue

    package init(name: JSONString, value: JSONValue) {
        self.name = name
        self.value = value
    }
}
