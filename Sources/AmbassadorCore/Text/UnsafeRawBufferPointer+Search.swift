extension UnsafeRawBufferPointer {
    /// Whether a part of the bytes is equal to others; nothing is a part of everything.
    ///
    /// Bound: linear in both lengths, and 8 bytes of memory for each byte that is looked for.
    package func contains(_ part: UnsafeRawBufferPointer) -> Bool {
        guard let first = part.first else { return true }
        guard part.count <= self.count else { return false }
        // Place by place as long as that costs no more than a few looks at each byte: with "aaab" in "aaaa…" it would.
        var looksLeft = 4 * self.count
        var position = 0
        let last = self.count - part.count
        while let start = self[position...last].firstIndex(of: first) {
            var matched = 1
            while matched < part.count, self[start + matched] == part[matched] { matched += 1 }
            if matched == part.count { return true }
            position = start + 1
            guard position <= last else { return false }
            looksLeft -= matched
            guard looksLeft > 0 else {
                return UnsafeRawBufferPointer(rebasing: self[position...]).containsSteadily(part)
            }
        }
        return false
    }

    /// The search of Knuth, Morris and Pratt, which never goes back.
    private func containsSteadily(_ part: UnsafeRawBufferPointer) -> Bool {
        // For each length that matched: how much of it matches still, one place further on.
        var shorter = [Int](repeating: 0, count: part.count + 1)
        var matched = 0
        for index in 1..<part.count {
            while matched > 0, part[index] != part[matched] { matched = shorter[matched] }
            if part[index] == part[matched] { matched += 1 }
            shorter[index + 1] = matched
        }
        matched = 0
        for byte in self {
            while matched > 0, byte != part[matched] { matched = shorter[matched] }
            if byte == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }
}
