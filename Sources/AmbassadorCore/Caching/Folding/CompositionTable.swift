/// Which two scalars are one (The Unicode Standard, D114): a hash table with open addressing, under half full.
struct CompositionTable: Sendable {
    private static let placeCount = 4_096
    private var keys = [UInt64](repeating: 0, count: Self.placeCount)
    private var values = [UInt32](repeating: 0, count: Self.placeCount)
    private var count = 0

    func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
        if let syllable = Hangul.composition(of: first, second) { return syllable }
        let place = self.place(of: Self.key(first, second))
        return self.keys[place] == 0 ? nil : self.values[place]
    }

    mutating func insert(_ first: UInt32, _ second: UInt32, _ composed: UInt32) {
        self.count += 1
        precondition(2 * self.count < Self.placeCount, "there are more compositions than the table is made for")
        let key = Self.key(first, second)
        let place = self.place(of: key)
        self.keys[place] = key
        self.values[place] = composed
    }

    /// Never 0, since U+0000 is no first part.
    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

    /// Where a key is, or would be.
    private func place(of key: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 52)
        while self.keys[place] != key, self.keys[place] != 0 { place = (place + 1) & (Self.placeCount - 1) }
        return place
    }
}

/// The Hangul syllables, which are composed by arithmetic (The Unicode Standard, section 3.12).
enum Hangul {
    private static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    private static let leads: Range<UInt32> = 0x1100..<0x1113
    private static let vowels: Range<UInt32> = 0x1161..<0x1176
    private static let trails: Range<UInt32> = 0x11A8..<0x11C3
    private static let trailCount: UInt32 = 28

    /// What may become one with what stands before it.
    static let joining = Set(Self.vowels).union(Self.trails)

    static func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
        guard second >= Self.vowels.lowerBound, second < Self.trails.upperBound else { return nil }
        if Self.vowels.contains(second), Self.leads.contains(first) {
            let lead = first - Self.leads.lowerBound
            let vowel = second - Self.vowels.lowerBound
            return Self.syllables.lowerBound + (lead * UInt32(Self.vowels.count) + vowel) * Self.trailCount
        }
        guard Self.trails.contains(second), Self.syllables.contains(first),
            (first - Self.syllables.lowerBound).isMultiple(of: Self.trailCount)
        else { return nil }
        return first + second - Self.trails.lowerBound + 1
    }
}
