/// What folding has to know of Unicode: decompositions, case foldings, combining classes and compositions.
///
/// The data is frozen in ``FoldingData``, so that replicas of different builds hash one text alike. A scalar without an entry stands
/// for itself, has the combining class 0 and begins something new. Bound: 0.5 MiB, and some 20 ms to make it, once.
final class FoldingTable: Sendable {
    /// Made where it is first asked for, which is when settings are read, so that no event loop has to.
    static let shared = FoldingTableMaker.table(of: FoldingDataReader.contents())

    /// What is known of one scalar; its lists are parts of ``scalars`` and ``bytes``.
    struct Entry: Sendable {
        /// Its compatibility decomposition.
        var parts = FoldingSpan()
        /// What folding makes of it, decomposed.
        var folded = FoldingSpan()
        /// What folding makes of it where nothing joins it, in UTF-8.
        var output = FoldingSpan()
        /// How much of the decomposition, and of the output, no later scalar can act on.
        var settledParts: UInt8 = 0
        var settledOutput: UInt8 = 0
        /// Whether it may become one with what stands before it, or change places with it.
        var joins = false
        /// Whether folding makes nothing else of it.
        var isStable = true
    }

    /// By their numbers; the first stands for all scalars that have none.
    let entries: [Entry]
    let scalars: [ClassedScalar]
    let bytes: [UInt8]
    let index: FoldingIndex
    let compositions: CompositionTable

    init(
        entries: [Entry],
        scalars: [ClassedScalar],
        bytes: [UInt8],
        index: FoldingIndex,
        compositions: CompositionTable
    ) {
        self.entries = entries
        self.scalars = scalars
        self.bytes = bytes
        self.index = index
        self.compositions = compositions
    }

    /// The number of a scalar's entry, 0 where it has none.
    func number(of scalar: UInt32) -> Int { self.index.number(of: scalar) }

    /// The one scalar that two are, if there is one.
    func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
        self.compositions.composition(of: first, second)
    }
}

/// A part of a list that all entries share.
struct FoldingSpan: Sendable {
    private var start: UInt32 = 0
    private var count: UInt8 = 0

    init() {}

    init(_ indices: Range<Int>) {
        self.start = UInt32(indices.lowerBound)
        self.count = UInt8(indices.count)
    }

    var indices: Range<Int> { Int(self.start)..<Int(self.start) + Int(self.count) }
}

/// Finds the entry of a scalar in two steps.
struct FoldingIndex: Sendable {
    /// For each 256 scalars which block has their numbers, 0 for those without entries; as many as four bytes of UTF-8 can name.
    private var pages = [UInt16](repeating: 0, count: 0x2000)
    private var numbers = [UInt16](repeating: 0, count: 256)

    func number(of scalar: UInt32) -> Int {
        Int(self.numbers[Int(self.pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)])
    }

    mutating func insert(_ number: Int, for scalar: UInt32) {
        let page = Int(scalar >> 8)
        if self.pages[page] == 0 {
            self.pages[page] = UInt16(self.numbers.count >> 8)
            self.numbers += [UInt16](repeating: 0, count: 256)
        }
        self.numbers[Int(self.pages[page]) << 8 | Int(scalar & 0xFF)] = UInt16(number)
    }
}
