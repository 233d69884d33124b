import AmbassadorCore

/// Moments as tokens write them: seconds since 1970, as a JSON number (RFC 7519 §2).
enum NumericDate {
    /// The most digits before the point; twelve reach the year 33658.
    private static let digitsMax = 12

    /// Reads a number without sign and exponent; of a fraction, milliseconds count.
    ///
    /// Digit by digit, since converting through a double would round and could trap.
    ///
    /// - Returns: `nil` for every other value.
    static func timestamp(_ value: JSONValue) -> Timestamp? {
        guard case .number(let lexeme) = value else { return nil }
        let parts = lexeme.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = parts.first, (1...Self.digitsMax).contains(seconds.count) else {
            return nil
        }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard seconds.allSatisfy(Self.isDigit), fraction.allSatisfy(Self.isDigit) else { return nil }
        let padding = [UInt8](repeating: UInt8(ascii: "0"), count: 3)
        let digits = Array(seconds) + (fraction + padding).prefix(3)
        return Timestamp(milliseconds: digits.reduce(0) { 10 * $0 + Int64($1 - UInt8(ascii: "0")) })
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
