import AmbassadorCore

/// Sizes as people write them: `64MiB`, `512KiB`, `1MB`.
enum ByteCountText {
    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20),
        ("MB", 1_000_000), ("KiB", 1 << 10), ("KB", 1000), ("kB", 1000), ("B", 1),
    ]

    static let hint = "write a whole number with a unit, such as 512KiB, 64MiB or 1GB"

    static func parse(_ text: String) throws(InvalidValue) -> Int {
        guard !text.isEmpty else { throw InvalidValue("is empty; \(Self.hint)") }
        let digits = text.utf8.prefix(while: isDigit)
        let name = text.utf8.dropFirst(digits.count)
        guard (1...15).contains(digits.count), let number = Int64(Substring(digits)) else {
            throw InvalidValue("is not a size; \(Self.hint)")
        }
        guard !name.isEmpty else { throw InvalidValue("has no unit; \(Self.hint)") }
        guard let unit = Self.units.first(where: { $0.name.utf8.elementsEqual(name) }) else {
            throw InvalidValue("has an unknown unit; \(Self.hint)")
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        guard !overflow, let bytes = Int(exactly: product) else {
            throw InvalidValue("is larger than any size can be")
        }
        return bytes
    }

    /// The text with the largest unit that divides the size.
    static func format(_ bytes: Int) -> String {
        guard bytes > 0, let unit = Self.units.first(where: { Int64(bytes) % $0.bytes == 0 }) else {
            return "\(bytes)B"
        }
        return "\(Int64(bytes) / unit.bytes)\(unit.name)"
    }
}
