import AmbassadorCore

/// Durations as people write them: `500ms`, `30s`, `1h30m`, `7d`.
enum DurationText {
    /// From the longest to the shortest, which is also the order in which they may follow one another.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    static let hint = "write whole numbers with units, such as 500ms, 30s, 10m, 1h30m or 7d"

    static func parse(_ text: String) throws(InvalidValue) -> Duration {
        var rest = Substring(text).utf8
        guard !rest.isEmpty else { throw InvalidValue("is empty; \(Self.hint)") }
        guard !rest.allSatisfy(isDigit) else { throw InvalidValue("has no unit; \(Self.hint)") }
        var total: Int64 = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !isDigit($0) }
            rest = rest.dropFirst(name.count)
            // Twelve digits of the longest unit stay far inside 64 bits.
            guard (1...12).contains(digits.count), let number = Int64(Substring(digits)) else {
                throw InvalidValue("is not a duration; \(Self.hint)")
            }
            guard let unit = Self.units.firstIndex(where: { $0.name.utf8.elementsEqual(name) }) else {
                throw InvalidValue("has an unknown unit; \(Self.hint)")
            }
            guard unit >= nextUnit else { throw InvalidValue("has its units out of order; \(Self.hint)") }
            nextUnit = unit + 1
            let (product, overflow) = number.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            let (sum, overflowOfSum) = total.addingReportingOverflow(product)
            guard !overflow, !overflowOfSum else { throw InvalidValue("is longer than any duration can be") }
            total = sum
        }
        return .milliseconds(total)
    }

    /// The shortest text that reads back as the same number of milliseconds.
    static func format(_ duration: Duration) -> String {
        var rest = duration.milliseconds
        var text = ""
        for unit in Self.units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}

/// Whether a byte is one of `0` to `9`.
func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
