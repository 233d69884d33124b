/// Why bytes are not one JSON document, and where.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Counted from the first byte of the document.
    package let offset: Int
    package let reason: Reason

    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    package enum Reason: Sendable, Equatable {
        case empty
        case byteOrderMark
        case unexpectedEnd
        case unexpectedByte(UInt8, expected: Expectation)
        case tooDeep(depthMax: Int)
        /// The name is shortened and printable.
        case duplicateMember(String)
        case invalidUTF8
        case controlCharacter(UInt8)
        case invalidEscape
        case loneSurrogate
        case malformedNumber
        case numberOutOfRange
    }

    /// What would have been right in place of an unexpected byte.
    package enum Expectation: String, Sendable {
        case value = "a value"
        case endOfDocument = "nothing after the value"
        case memberName = "a member's name in double quotes"
        case colon = "a colon"
        case commaOrBrace = "a comma or a closing brace"
        case commaOrBracket = "a comma or a closing bracket"
    }

    /// One sentence without its full stop; holds at most 32 characters of the document, all printable.
    package var description: String {
        switch self.reason {
        case .empty: "no JSON value"
        case .byteOrderMark: "a byte order mark at byte 0; JSON is UTF-8 without one"
        case .unexpectedEnd: "the JSON ends too early, at byte \(self.offset)"
        case .unexpectedByte(let byte, let expected):
            "\(Self.name(of: byte)) at byte \(self.offset) where \(expected.rawValue) was expected"
        case .tooDeep(let depthMax): "nesting of more than \(depthMax) levels at byte \(self.offset)"
        case .duplicateMember(let name): "duplicate member \"\(name)\" at byte \(self.offset)"
        case .invalidUTF8: "bytes that are not UTF-8 at byte \(self.offset)"
        case .controlCharacter: "a raw control character in a string at byte \(self.offset); write it as an escape"
        case .invalidEscape: "an unknown escape in a string at byte \(self.offset)"
        case .loneSurrogate: "half of a surrogate pair at byte \(self.offset)"
        case .malformedNumber: "a malformed number at byte \(self.offset)"
        case .numberOutOfRange: "a number beyond the range of a double at byte \(self.offset)"
        }
    }

    private static func name(of byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "\"\(Unicode.Scalar(byte))\""
        default: "a byte of value \(byte)"
        }
    }
}
