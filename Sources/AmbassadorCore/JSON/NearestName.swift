/// Finds the name that someone who mistyped one may have meant.
package enum NearestName {
    /// The valid name with the smallest edit distance (Levenshtein, over bytes); the earlier of two that are equally near.
    ///
    /// - Returns: `nil` where no name is nearer than half of the longer one's length.
    package static func of(_ name: some Collection<UInt8>, among valid: [String]) -> String? {
        // No valid name is that long, and the distance costs the product of the lengths.
        guard name.count <= 64 else { return nil }
        let name = Array(name)
        var nearest: (name: String, distance: Int)?
        for candidate in valid {
            let other = Array(candidate.utf8)
            let distance = Self.distance(name, other)
            guard 2 * distance <= max(name.count, other.count) else { continue }
            if distance < nearest?.distance ?? .max {
                nearest = (candidate, distance)
            }
        }
        return nearest?.name
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substitution = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
