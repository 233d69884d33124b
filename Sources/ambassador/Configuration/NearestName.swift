/// The candidate that a mistyped name most likely meant.
///
/// - Returns: `nil` where none is within a third of the name's length (at least two edits).
func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    // Hostile input may be long; nobody mistypes a name that is three times any real one.
    guard name.utf8.count <= 128 else { return nil }
    let wanted = Array(name.lowercased().replacing("-", with: "_").utf8)
    let limit = max(2, wanted.count / 3)
    let isAbbreviation = wanted.count >= 3
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let letters = Array(candidate.lowercased().utf8)
        let isBeginning = isAbbreviation && letters.starts(with: wanted)
        let distance = isBeginning ? min(limit, letters.count - wanted.count) : editDistance(wanted, letters)
        if distance <= limit, distance < candidate.utf8.count, distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

/// How many bytes must be inserted, removed, replaced or swapped with their neighbor to turn one text into the other.
///
/// Optimal string alignment: Damerau-Levenshtein without edits inside a swapped pair.
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
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
