import AmbassadorCore

/// Decimal numbers without exponents: shares such as `0.5` and prices such as `0.00015`.
enum DecimalText {
    private static let nanosPerUnit: Int64 = 1_000_000_000

    static let hint = "write a decimal number such as 0.5, with at most nine decimals"

    /// Reads a number as billionths, so that sums are exact.
    static func nanos(_ text: String) throws(InvalidValue) -> Int64 {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...9).contains(whole.count), parts.allSatisfy({ $0.allSatisfy(isDigit) }),
            let units = Int64(Substring(whole))
        else { throw InvalidValue("is not a decimal number; \(Self.hint)") }
        guard parts.count == 2 else { return units * Self.nanosPerUnit }
        let fraction = String(Substring(parts[1]))
        guard (1...9).contains(fraction.utf8.count),
            let nanos = Int64(fraction + String(repeating: "0", count: 9 - fraction.utf8.count))
        else { throw InvalidValue("is not a decimal number; \(Self.hint)") }
        return units * Self.nanosPerUnit + nanos
    }

    static func format(nanos: Int64) -> String {
        let fraction = nanos % Self.nanosPerUnit
        guard fraction > 0 else { return String(nanos / Self.nanosPerUnit) }
        let digits = String(fraction)
        var text = String(repeating: "0", count: 9 - digits.count) + digits
        while text.last == "0" { text.removeLast() }
        return "\(nanos / Self.nanosPerUnit).\(text)"
    }
}
