import AmbassadorCore

/// Rates as people write them: `100/s`, `30/m`, `1000/h`, `5/10s`.
enum RateText {
    /// From the longest to the shortest.
    private static let units: [(name: String, seconds: Int)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    static let hint = "write how many requests in which time, such as 100/s, 30/m, 1000/h or 5/10s"

    static func parse(_ text: String) throws(InvalidValue) -> Rate {
        guard !text.isEmpty else { throw InvalidValue("is empty; \(Self.hint)") }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].allSatisfy(isDigit), let count = Self.number(parts[0]) else {
            throw InvalidValue("is not a rate; \(Self.hint)")
        }
        let digits = parts[1].prefix(while: isDigit)
        let name = parts[1].dropFirst(digits.count)
        guard !name.isEmpty else { throw InvalidValue("has no unit of time; \(Self.hint)") }
        guard let unit = Self.units.first(where: { $0.name.utf8.elementsEqual(name) }) else {
            throw InvalidValue("has an unknown unit of time; \(Self.hint)")
        }
        guard let units = digits.isEmpty ? 1 : Self.number(digits) else {
            throw InvalidValue("is not a rate; \(Self.hint)")
        }
        return try Rate(count: count, periodSeconds: units * unit.seconds)
    }

    /// The shortest text that reads back as the same rate, with the longest unit that divides the period.
    static func format(_ rate: Rate) -> String {
        guard let unit = Self.units.first(where: { rate.periodSeconds % $0.seconds == 0 }) else {
            preconditionFailure("every period is a whole number of seconds")
        }
        let units = rate.periodSeconds / unit.seconds
        return "\(rate.count)/\(units == 1 ? "" : String(units))\(unit.name)"
    }

    /// Nine digits, times the longest unit, stay far inside 64 bits.
    private static func number(_ digits: Substring.UTF8View) -> Int? {
        (1...9).contains(digits.count) ? Int(Substring(digits)) : nil
    }
}
