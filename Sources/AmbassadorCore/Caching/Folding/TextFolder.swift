/// Folds a text in one pass: compatibility forms, case and white space.
///
/// Carefully, it leaves what carries a meaning as it is: the scalars that ``ScalarKinds`` keeps, and the case of the words that
/// ``UnitFinder`` finds.
///
/// What folding makes of a scalar is known beforehand, unless the next one joins it: then it and all that joins it are composed,
/// folded and composed again. Bound: linear in the input, each scalar is read once; the output has up to 11 times as many bytes
/// (U+FDFA).
struct TextFolder {
    private let table: FoldingTable
    /// `nil` where nothing is left as it is.
    private let kinds: ScalarKinds?
    private let input: UnsafeRawBufferPointer
    private var reader: ScalarReader
    private var output: [UInt8] = []
    private var segment = FoldingSegment()
    private var finder: UnitFinder?
    /// The next word that keeps its case, or the one that is being read.
    private var word = Int.max..<Int.max

    /// A scalar of the input, and the number of its entry in the table.
    private struct Unit {
        let scalar: UInt32
        let number: Int
        let keepsCase: Bool
    }

    private init(_ input: UnsafeRawBufferPointer, _ table: FoldingTable, isCareful: Bool) {
        self.input = input
        self.table = table
        self.reader = ScalarReader(input)
        self.kinds = isCareful ? .shared : nil
        // Without a number nothing is beside one.
        if isCareful, input.contains(where: { $0 >= 0x80 || UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }) {
            self.finder = UnitFinder(input, .shared, table)
            self.findWord()
        }
        self.output.reserveCapacity(input.count + input.count / 8)
    }

    /// - Parameters:
    ///   - input: UTF-8.
    ///   - isCareful: whether what carries a meaning is left as it is.
    /// - Returns: UTF-8 without white space but for single spaces between words and, perhaps, one at the end.
    static func fold(_ input: UnsafeRawBufferPointer, isCareful: Bool) -> [UInt8] {
        var folder = TextFolder(input, .shared, isCareful: isCareful)
        folder.run()
        return folder.output
    }

    private mutating func run() {
        self.writeASCII()
        var next = self.read()
        while let unit = next {
            next = self.read()
            if self.joins(next) || self.table.entries[unit.number].joins || (unit.keepsCase && unit.number != 0) {
                self.write(unit, joinedBy: &next)
            } else if unit.number == 0 {
                self.write(ClassedScalar(unit.scalar, class: 0))
            } else {
                let entry = self.table.entries[unit.number]
                self.write(entry.output.indices)
            }
        }
    }

    private func joins(_ unit: Unit?) -> Bool {
        guard let unit else { return false }
        return self.table.entries[unit.number].joins
    }

    /// Writes ASCII, up to a character that one beyond ASCII follows.
    private mutating func writeASCII() {
        var position = self.reader.position
        defer { self.reader.position = position }
        while position < self.input.count, self.input[position] < 0x80 {
            guard position + 1 == self.input.count || self.input[position + 1] < 0x80 else { return }
            let byte = self.input[position]
            switch byte {
            case 0x09...0x0D, 0x20: self.writeSpace()
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                self.output.append(self.keepsCase(at: position) ? byte : byte | 0x20)
            default: self.output.append(byte)
            }
            position += 1
        }
    }

    /// Whether what begins at a position keeps its case; asked for positions that only grow.
    private mutating func keepsCase(at position: Int) -> Bool {
        while self.word.upperBound <= position { self.findWord() }
        return self.word.contains(position)
    }

    private mutating func findWord() {
        // Behind the last one comes none: its end is never reached.
        self.word = self.finder?.next() ?? Int.max..<Int.max
    }

    private mutating func writeSpace() {
        if let last = self.output.last, last != 0x20 { self.output.append(0x20) }
    }

    private mutating func write(_ scalar: ClassedScalar) {
        if scalar.value == 0x20 { self.writeSpace() } else { scalar.write(into: &self.output) }
    }

    /// Writes bytes of the table, which have single spaces only, and of those none at the end of what is long.
    private mutating func write(_ range: Range<Int>) {
        if range.count > 8, let last = self.output.last, last != 0x20 {
            self.output.append(contentsOf: self.table.bytes[range])
            return
        }
        for index in range {
            let byte = self.table.bytes[index]
            if byte == 0x20 { self.writeSpace() } else { self.output.append(byte) }
        }
    }

    /// Writes a scalar with all that joins it, and reads on to what does not.
    private mutating func write(_ unit: Unit, joinedBy next: inout Unit?) {
        let entry = self.table.entries[unit.number]
        self.segment.removeAll()
        if unit.number == 0 {
            self.segment.append(ClassedScalar(unit.scalar, class: 0))
        } else if unit.keepsCase {
            self.segment.append(self.table, entry.parts.indices)
        } else {
            let output = entry.output.indices
            self.write(output.lowerBound..<output.lowerBound + Int(entry.settledOutput))
            let parts = entry.parts.indices
            self.segment.append(self.table, parts.lowerBound + Int(entry.settledParts)..<parts.upperBound)
        }
        while let joining = next, self.table.entries[joining.number].joins {
            self.segment.append(self.table, self.table.entries[joining.number].parts.indices)
            next = self.read()
        }
        self.segment.compose(self.table)
        if !unit.keepsCase {
            if let number = self.segment.onlyNumber(in: self.table) {
                return self.write(self.table.entries[number].output.indices)
            }
            self.segment.fold(self.table)
        }
        for index in 0..<self.segment.count {
            self.write(self.segment[index])
        }
    }

    /// Reads a scalar.
    private mutating func read() -> Unit? {
        let start = self.reader.position
        guard let scalar = self.reader.next() else { return nil }
        guard let kinds = self.kinds else {
            return Unit(scalar: scalar, number: self.table.number(of: scalar), keepsCase: false)
        }
        let number = kinds[scalar].isKept ? 0 : self.table.number(of: scalar)
        return Unit(scalar: scalar, number: number, keepsCase: self.keepsCase(at: start))
    }
}
