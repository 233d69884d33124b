extension UInt8 {
    /// The byte with `A-Z` as `a-z`; others as they are.
    var asciiLowercase: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether the byte may stand in a token, as a field's name and a method are (RFC 9110 §5.6.2).
    var isToken: Bool { Self.tokenBytes[Int(self)] }

    private static let tokenBytes: [Bool] = (0..<256).map { byte in
        let byte = UInt8(byte)
        return byte.isASCIIAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    var isASCIIAlphanumeric: Bool {
        self.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self.asciiLowercase)
    }
}

extension Collection<UInt8> {
    /// Whether the bytes are the given text, which is in lower case, but for the case of ASCII letters.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { self.elementsEqual($0, by: { $0.asciiLowercase == $1 }) }
    }

    /// Whether the bytes begin with the given text, which is in lower case, but for the case of ASCII letters.
    func startsIgnoringCase(with text: StaticString) -> Bool {
        text.withUTF8Buffer { self.starts(with: $0, by: { $0.asciiLowercase == $1 }) }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The bytes without leading and trailing spaces and tabs.
    var trimmingBlanks: SubSequence {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var trimmed = self.drop(while: isBlank)
        while let last = trimmed.last, isBlank(last) { trimmed = trimmed.dropLast() }
        return trimmed
    }
}
