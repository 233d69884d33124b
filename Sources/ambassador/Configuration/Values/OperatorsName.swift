import AmbassadorCore

/// A name that the operator gives to an issuer or a limit: 1 to 64 of `a-z 0-9 _ -`.
struct OperatorsName: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ text: String) throws(InvalidValue) {
        let isName = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard isName, (1...64).contains(text.utf8.count) else {
            throw InvalidValue("is not a name: 1 to 64 of a-z 0-9 _ -")
        }
        self.description = text
    }
}
