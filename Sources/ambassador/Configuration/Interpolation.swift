import AmbassadorCore

/// Replaces `${NAME}` in a text by the value of an environment variable; `$${` stands for `${` itself.
///
/// The values are taken as they are, not searched again.
func interpolate(_ text: String, environment: [String: String]) throws(InvalidValue) -> String {
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "${") {
        if start.lowerBound > rest.startIndex, rest[rest.index(before: start.lowerBound)] == "$" {
            result += rest[..<rest.index(before: start.lowerBound)] + "${"
            rest = rest[start.upperBound...]
            continue
        }
        result += rest[..<start.lowerBound]
        guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
            throw InvalidValue("has a ${ without its }; write $${ for the two characters themselves")
        }
        let name = String(rest[start.upperBound..<end])
        guard isVariableName(name) else {
            throw InvalidValue(
                "has a ${…} that does not name an environment variable; defaults and expressions are not supported"
            )
        }
        guard let value = environment[name] else {
            throw InvalidValue("needs the environment variable \(name), which is not set")
        }
        result += value
        rest = rest[rest.index(after: end)...]
    }
    return result + rest
}

private func isVariableName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !isDigit(first), name.utf8.count <= 128 else { return false }
    return name.utf8.allSatisfy { byte in
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
