/// Reads the scalars of UTF-8; what ends in the middle of one is read as if zeros followed.
struct ScalarReader {
    private let input: UnsafeRawBufferPointer
    var position = 0

    init(_ input: UnsafeRawBufferPointer) {
        self.input = input
    }

    mutating func next() -> UInt32? {
        guard self.position < self.input.count else { return nil }
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
