/// How often keys were seen of late, in a fixed amount of memory: a count-min sketch of 4-bit counters that ages.
///
/// Einziger, Friedman, Manes: "TinyLFU: A Highly Efficient Cache Admission Policy", ACM Transactions on Storage 13 (4), 2017. A count
/// is never under the true one since the last aging, and over it only where all four counters of a key are shared.
struct FrequencySketch {
    /// Sixteen counters a word; a key has one counter in each of four words.
    private var words: ContiguousArray<UInt64>
    private var mask: UInt64
    private var additions = 0
    private let countMax: Int
    // Ten times the capacity, as in the paper: long enough to tell keys apart, short enough to forget what went out of use.
    private var additionsMax: Int { 10 * self.words.count }

    /// - Parameter capacity: about how many keys are worth telling apart at the most; eight bytes for each are taken in the end.
    init(capacity: Int) {
        var count = 64
        while count < min(capacity, 1 << 24) {
            count <<= 1
        }
        self.countMax = count
        let first = min(count, Self.countFirst)
        self.words = ContiguousArray(repeating: 0, count: first)
        self.mask = UInt64(first - 1)
    }

    private static let countFirst = 1_024

    /// Makes room to tell so many keys apart, up to the capacity; counts stay what they are.
    mutating func grow(toKeys keys: Int) {
        while self.words.count < min(keys, self.countMax) {
            // With one bit more of its hash, a key is in the same place of the one half or of the other.
            self.words += self.words
            self.mask = UInt64(self.words.count - 1)
        }
    }

    /// The count of a key, from 0 to 15.
    func frequency(of hash: UInt64) -> Int {
        var least: UInt64 = 15
        for row in 0..<4 {
            let (index, shift) = self.position(of: hash, row: row)
            least = min(least, self.words[index] >> shift & 15)
        }
        return Int(least)
    }

    /// Counts a key once more; halves all counts once enough were added.
    mutating func increment(_ hash: UInt64) {
        var isAdded = false
        for row in 0..<4 {
            let (index, shift) = self.position(of: hash, row: row)
            if self.words[index] >> shift & 15 < 15 {
                self.words[index] += 1 << shift
                isAdded = true
            }
        }
        guard isAdded else { return }
        self.additions += 1
        if self.additions >= self.additionsMax {
            self.age()
        }
    }

    private mutating func age() {
        for index in self.words.indices {
            self.words[index] = self.words[index] >> 1 & 0x7777_7777_7777_7777
        }
        self.additions /= 2
    }

    private func position(of hash: UInt64, row: Int) -> (index: Int, shift: UInt64) {
        // Odd constants of four independent multiplicative hashes; the upper bits of a product are the well mixed ones.
        let seed: UInt64 =
            switch row {
            case 0: 0xc3a5_c85c_97cb_3127
            case 1: 0xb492_b66f_be98_f273
            case 2: 0x9ae1_6a3b_2f90_404f
            default: 0xcbf2_9ce4_8422_2325
            }
        let mixed = (hash ^ hash >> 32) &* seed
        // Rows use counters 0-3, 4-7, 8-11 and 12-15 of a word, so that one key never uses a counter twice.
        let counter = UInt64(row) << 2 | (mixed >> 60 & 3)
        return (Int(truncatingIfNeeded: (mixed >> 32 ^ mixed >> 8) & self.mask), counter << 2)
    }
}
