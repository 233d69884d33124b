/// Finds the words of a text whose case may carry a meaning: short ones beside a number, such as `5 mW`, `5 kg/m²` and `CO2`.
///
/// A word is a run of letters that have a case, with their marks. It is beside a number where it ends at one, or where only spaces and
/// signs stand between it and a number before it, or the words of a unit (`km/h`). Whatever ends a clause, or is a letter without
/// a case, ends the number's reach. Units that are others in another case (`mW`, `MW`) are found anywhere in a text that holds a number:
/// "convert 5 W to mW". Bound: linear, each scalar is read twice or three times.
struct UnitFinder {
    /// The letters of the longest word; longer ones mean the same in any case.
    private static let lettersMax = 5

    private enum Reach {
        case none
        /// Behind a number, with spaces and signs between.
        case number
        /// Behind a word that stands behind a number, up to the next space.
        case unit
    }

    private let input: UnsafeRawBufferPointer
    private let kinds: ScalarKinds
    private let table: FoldingTable
    private var reader: ScalarReader
    private var reach = Reach.none
    /// Whether the text holds a number; `nil` until it plays a part.
    private var hasNumber: Bool?

    init(_ input: UnsafeRawBufferPointer, _ kinds: ScalarKinds, _ table: FoldingTable) {
        self.input = input
        self.reader = ScalarReader(input)
        self.kinds = kinds
        self.table = table
    }

    /// The bytes of the next such word; `nil` where there is none any more.
    mutating func next() -> Range<Int>? {
        while self.reader.position < self.input.count {
            let start = self.reader.position
            let end = self.endOfASCIIWord(from: start)
            if end > start, end == self.input.count || self.input[end] < 0x80 {
                self.reader.position = end
                let isBeforeNumber = end < self.input.count && Self.isDigit(self.input[end])
                // Asked in any case, since it tells how far the number before it reaches.
                let isNear = self.takesWord(isShort: end - start <= Self.lettersMax, isBeforeNumber)
                guard isNear || self.isUnitOfItsCase(start..<end) else { continue }
                return start..<end
            }
            guard let scalar = self.reader.next() else { return nil }
            switch self.kinds[scalar].kind {
            case .number: self.reach = .number
            case .space: if self.reach == .unit { self.reach = .none }
            case .letter, .end: self.reach = .none
            case .other: break
            case .cased:
                let isShort = self.readWord(from: scalar)
                let isNear = self.takesWord(isShort: isShort, self.isBeforeNumber)
                guard isNear || self.isUnitOfItsCase(start..<self.reader.position) else { continue }
                return start..<self.reader.position
            }
        }
        return nil
    }

    /// Whether a word keeps its case, which also tells how far the number before it reaches.
    private mutating func takesWord(isShort: Bool, _ isBeforeNumber: Bool) -> Bool {
        let takes = isShort && (self.reach != .none || isBeforeNumber)
        if !takes { self.reach = .none } else if self.reach == .number { self.reach = .unit }
        return takes
    }

    /// Whether a word is a unit that is another one in another case, in a text with a number.
    private mutating func isUnitOfItsCase(_ word: Range<Int>) -> Bool {
        guard AmbiguousUnits.contains(self.input[word]) else { return false }
        if let hasNumber { return hasNumber }
        var reader = ScalarReader(self.input)
        var found = false
        while !found, let scalar = reader.next() { found = self.kinds[scalar].kind == .number }
        self.hasNumber = found
        return found
    }

    /// Where the ASCII letters from a place on end.
    private func endOfASCIIWord(from start: Int) -> Int {
        var end = start
        while end < self.input.count, Self.isLetter(self.input[end]) { end += 1 }
        return end
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 && byte < 0x80 }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Reads on to the end of a word.
    ///
    /// - Returns: whether it is a short one.
    private mutating func readWord(from first: UInt32) -> Bool {
        var letters = self.letters(of: first, self.kinds[first])
        while true {
            let end = self.reader.position
            guard let scalar = self.reader.next() else { break }
            let facts = self.kinds[scalar]
            guard facts.joins || facts.kind == .cased else {
                self.reader.position = end
                break
            }
            letters += self.letters(of: scalar, facts)
        }
        return letters <= Self.lettersMax
    }

    /// Of what it is decomposed into, so that a word is as long as in its other spellings.
    private func letters(of scalar: UInt32, _ facts: ScalarKinds.Facts) -> Int {
        if facts.isMark { return 0 }
        guard facts.hasParts else { return 1 }
        let parts = self.table.entries[self.table.number(of: scalar)].parts.indices
        return parts.count { self.table.scalars[$0].combiningClass == 0 }
    }

    private var isBeforeNumber: Bool {
        var ahead = self.reader
        return ahead.next().map { self.kinds[$0].kind == .number } ?? false
    }
}
