/// The name by which a caller or LangFlow knows a flow: an endpoint name or a lower-case UUID.
///
/// 1 to 128 bytes of `A-Z a-z 0-9 _ -`. Being ASCII, two names are equal exactly when their bytes are.
package struct FlowName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Checks the bytes of a name.
    ///
    /// LangFlow takes several spellings of one UUID (braces, no hyphens, upper case) as the same flow, so a policy by name would
    /// have as many ways around it; of the spellings that the grammar lets through, only the canonical one is a name here.
    ///
    /// - Returns: `nil` where the bytes are not a name.
    package init?(_ bytes: some Collection<UInt8>) {
        guard let name = Self.name(bytes) else { return nil }
        self.description = name
    }

    /// As for any other bytes, but without a call through the type's witnesses for each of them.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let name = Self.name(bytes) else { return nil }
        self.description = name
    }

    /// Checks a name that stands in a string; see ``init(_:)-(Collection<UInt8>)``.
    package init?(_ string: String) {
        self.init(string.utf8)
    }

    private static func name(_ bytes: some Collection<UInt8>) -> String? {
        guard (1...128).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        guard !Self.isOtherSpellingOfUUID(bytes) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Whether Python's `UUID()` would read the bytes as a UUID that is written otherwise than `8-4-4-4-12` in lower case.
    private static func isOtherSpellingOfUUID(_ bytes: some Collection<UInt8>) -> Bool {
        var digits = 0
        var isCanonical = bytes.count == 36
        for (position, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "-"):
                isCanonical = isCanonical && [8, 13, 18, 23].contains(position)
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                digits += 1
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                digits += 1
                isCanonical = false
            default:
                return false
            }
        }
        return digits == 32 && !isCanonical
    }
}
