/// Finds the name that someone who mistyped one may have meant.
package enum NearestName {
    /// The valid name that takes the fewest edits; the earlier of two that are equally near.
    ///
    /// Case and the difference of `-` and `_` do not count; the beginning of a name stands for the whole.
    ///
    /// - Returns: `nil` where no name is within a third of the given one's length, two edits at least.
    package static func of(_ name: some Collection<UInt8>, among valid: some Sequence<String>) -> String? {
        // Hostile names may be long, and the distance costs the product of the lengths; no valid name is that long.
        guard name.count <= 128 else { return nil }
        let wanted = name.map(Self.folded)
        let limit = max(2, wanted.count / 3)
        var nearest: (name: String, distance: Int)?
        for candidate in valid {
            let other = candidate.utf8.map(Self.folded)
            let isBeginning = wanted.count >= 3 && other.starts(with: wanted)
            let distance = isBeginning ? min(limit, other.count - wanted.count) : Self.distance(wanted, other)
            if distance <= limit, distance < other.count, distance < nearest?.distance ?? .max {
                nearest = (candidate, distance)
            }
        }
        return nearest?.name
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        default: byte
        }
    }

    /// How many bytes must be inserted, removed, replaced or swapped with their neighbor to turn one name into the other.
    ///
    /// Optimal string alignment: Damerau-Levenshtein without edits inside a swapped pair.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [Array(0...right.count)]
        for row in 1..<(left.count + 1) {
            var current = [row]
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(
                    rows[row - 1][column] + 1,
                    current[column - 1] + 1,
                    rows[row - 1][column - 1] + (isSame ? 0 : 1)
                )
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, rows[row - 2][column - 2] + 1)
                }
                current.append(cost)
            }
            rows.append(current)
        }
        return rows[left.count][right.count]
    }
}
