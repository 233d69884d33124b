/// The beginning of something that a caller sent, fit to be shown in a message.
package enum PrintableExcerpt {
    /// Shortens and escapes.
    ///
    /// Letters, digits and visible ASCII stand as they are; quotes, controls, bidirectional marks, spaces other than the
    /// common one and bytes that are not UTF-8 are written as `\u{…}`.
    ///
    /// - Returns: at most `lengthMax` characters (32 unless told), the last one `…` where something was left out.
    package static func of(_ bytes: some Collection<UInt8>, lengthMax: Int = 32) -> String {
        // A scalar has four bytes at most, so the prefix holds more than can be shown.
        let scalars = String(decoding: bytes.prefix(4 * lengthMax + 4), as: UTF8.self).unicodeScalars
        var excerpt = ""
        var length = 0
        for scalar in scalars {
            let piece = Self.isPrintable(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
            guard length + piece.unicodeScalars.count < lengthMax else { return excerpt + "…" }
            excerpt += piece
            length += piece.unicodeScalars.count
        }
        return excerpt
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x22, 0x5C: false
        case 0x20...0x7E: true
        case ..<0x80: false
        default: scalar.properties.generalCategory.isLetterOrDigit
        }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber: true
        default: false
        }
    }
}
