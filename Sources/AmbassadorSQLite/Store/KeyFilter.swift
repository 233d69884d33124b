/// A set of keys that may say yes to one that it does not hold, about once in three hundred times, and never no to one that it does.
///
/// A Bloom filter whose bits for a key all stand in one word: Putze, Sanders, Singler: "Cache-, Hash- and Space-Efficient Bloom
/// Filters", WEA 2007. Keys cannot be taken out.
struct KeyFilter {
    private static let bitsOfKey = 5

    private var words: ContiguousArray<UInt64>
    private let mask: UInt64

    /// - Parameter capacity: how many keys it tells apart well; two to four bytes for each are taken.
    init(capacity: Int) {
        var count = 64
        while count < capacity / 4 { count <<= 1 }
        self.words = ContiguousArray(repeating: 0, count: count)
        self.mask = UInt64(count - 1)
    }

    mutating func insert(_ key: Int64) {
        let (index, bits) = self.place(of: key)
        self.words[index] |= bits
    }

    func mayContain(_ key: Int64) -> Bool {
        let (index, bits) = self.place(of: key)
        return self.words[index] & bits == bits
    }

    private func place(of key: Int64) -> (index: Int, bits: UInt64) {
        // Mixed as in SplitMix64, so that the word, by the lower half, tells nothing of the bits, by the upper one.
        var mixed = UInt64(bitPattern: key)
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        var rest = mixed >> 34
        var bits: UInt64 = 0
        for _ in 0..<Self.bitsOfKey {
            bits |= 1 << (rest & 63)
            rest >>= 6
        }
        return (Int(truncatingIfNeeded: mixed & self.mask), bits)
    }
}
