/// Folds a text in one pass: compatibility forms, case and white space.
///
/// What folding makes of a scalar is known beforehand, unless the next one joins it: then it and all that joins it are composed,
/// folded and composed again. Bound: linear in the input, each scalar is read once; the output has up to 11 times as many bytes
/// (U+FDFA).
struct TextFolder {
    private let table: FoldingTable
    private let input: UnsafeRawBufferPointer
    private var position = 0
    private var output: [UInt8] = []
    private var segment = FoldingSegment()

    /// A scalar of the input, and the number of its entry in the table.
    private struct Unit {
        let scalar: UInt32
        let number: Int
    }

    private init(_ input: UnsafeRawBufferPointer, _ table: FoldingTable) {
        self.input = input
        self.table = table
        self.output.reserveCapacity(input.count + input.count / 8)
    }

    /// - Parameter input: UTF-8.
    /// - Returns: UTF-8 without white space but for single spaces between words and, perhaps, one at the end.
    static func fold(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        var folder = TextFolder(input, .shared)
        folder.run()
        return folder.output
    }

    private mutating func run() {
        self.writeASCII()
        var next = self.read()
        while let unit = next {
            next = self.read()
            if self.joins(next) || self.table.entries[unit.number].joins {
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
        while self.position < self.input.count, self.input[self.position] < 0x80 {
            guard self.position + 1 == self.input.count || self.input[self.position + 1] < 0x80 else { return }
            let byte = self.input[self.position]
            switch byte {
            case 0x09...0x0D, 0x20: self.writeSpace()
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): self.output.append(byte | 0x20)
            default: self.output.append(byte)
            }
            self.position += 1
        }
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
        if let number = self.segment.onlyNumber(in: self.table) {
            return self.write(self.table.entries[number].output.indices)
        }
        self.segment.fold(self.table)
        for index in 0..<self.segment.count {
            self.write(self.segment[index])
        }
    }

    /// Reads a scalar.
    private mutating func read() -> Unit? {
        guard self.position < self.input.count else { return nil }
        let scalar = self.readScalar()
        return Unit(scalar: scalar, number: self.table.number(of: scalar))
    }

    private mutating func readScalar() -> UInt32 {
        let lead = UInt32(self.input[self.position])
        self.position += 1
        switch lead {
        case ..<0xC0: return lead
        case ..<0xE0: return (lead & 0x1F) << 6 | self.readTrail()
        case ..<0xF0: return (lead & 0x0F) << 12 | self.readTrail() << 6 | self.readTrail()
        default: return (lead & 0x07) << 18 | self.readTrail() << 12 | self.readTrail() << 6 | self.readTrail()
        }
    }

    private mutating func readTrail() -> UInt32 {
        guard self.position < self.input.count else { return 0 }
        defer { self.position += 1 }
        return UInt32(self.input[self.position] & 0x3F)
    }
}
