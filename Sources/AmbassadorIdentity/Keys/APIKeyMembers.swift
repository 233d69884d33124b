import AmbassadorCore

/// The members of an object in a key file, read strictly.
struct APIKeyMembers {
    private let object: JSONValue

    /// - Throws: where the value is no object or has a member of another name.
    init(_ value: JSONValue, known: [StaticString]) throws(InvalidValue) {
        guard case .object(let members) = value else {
            throw InvalidValue("is not an object but \(value.kindWithArticle)")
        }
        for member in members where !known.contains(where: { member.name.isEqual(to: $0) }) {
            throw InvalidValue("has a member \"\(PrintableExcerpt.of(member.name.bytes))\" that is not known")
        }
        self.object = value
    }

    /// The member as it stands; `nil` where there is none.
    subscript(name: StaticString) -> JSONValue? { self.object[name] }

    /// A text that must be there and in order.
    func value<Value>(
        _ name: StaticString,
        _ hint: String,
        _ read: (JSONString) -> Value?
    ) throws(InvalidValue) -> Value {
        guard let value = self.object[name]?.string.flatMap(read) else {
            throw InvalidValue("has no \(name) that is \(hint)")
        }
        return value
    }

    /// A text that must be in order; `nil` where it is null or left out.
    func optional<Value>(
        _ name: StaticString,
        _ hint: String,
        _ read: (JSONString) -> Value?
    ) throws(InvalidValue) -> Value? {
        guard let value = self.object[name], value != .null else { return nil }
        return try self.value(name, hint, read)
    }
}
