/// What careful folding has to know of each scalar, beside ``FoldingTable``; from ``ScalarKindData``, which is frozen as that is.
///
/// A scalar is of the kind of what it is decomposed into, so that a text means the same in its other spellings. Bound: 0.2 MiB, and a few
/// milliseconds to make it, once.
final class ScalarKinds: Sendable {
    static let shared = ScalarKinds(.shared)

    enum Kind: UInt8 {
        case other
        case space
        case number
        /// A letter with a case.
        case cased
        /// A letter without one.
        case letter
        /// What ends a clause.
        case end
    }

    /// What is known of one scalar, in a byte.
    struct Facts {
        fileprivate var bits: UInt8

        var kind: Kind { Kind(rawValue: self.bits & 0x07) ?? .other }
        /// Whether it means something else than its compatibility decomposition: `²`, `½`, `㎽`.
        var isKept: Bool { self.bits & 0x80 != 0 }
        /// Whether it may become one with what stands before it.
        var joins: Bool { self.bits & 0x40 != 0 }
        /// Whether it is nothing but marks.
        var isMark: Bool { self.bits & 0x10 != 0 }
        /// Whether it is decomposed into several.
        var hasParts: Bool { self.bits & 0x20 != 0 }
    }

    private let table: ScalarFactsTable

    private init(_ table: FoldingTable) {
        self.table = ScalarFactsTable(table)
    }

    subscript(scalar: UInt32) -> Facts { Facts(bits: self.table[scalar]) }
}

/// Bytes of facts by scalar.
private struct ScalarFactsTable {
    private static let (keptBit, joinsBit, partsBit): (UInt8, UInt8, UInt8) = (0x80, 0x40, 0x20)
    private static let markBit: UInt8 = 0x10
    private static let kindBits: UInt8 = 0x07
    /// Beyond these no scalar is decomposed.
    private static let decomposed: Range<UInt32> = 0x80..<0x3_0000
    /// Marks such as the full stop, and the same of other scripts.
    private static let ends: StaticString = "21 b 2 c 1 4 2fc2 1 ceff b 2 c 1 4 42 3"

    /// For each 256 scalars which block has their facts; as many as four bytes of UTF-8 can name.
    ///
    /// The first block is of all without any.
    private var pages = [UInt16](repeating: 0, count: 0x2000)
    private var facts = [UInt8](repeating: 0, count: 256)

    init(_ table: FoldingTable) {
        for (text, bits) in [
            (ScalarKindData.spaces, ScalarKinds.Kind.space.rawValue),
            (ScalarKindData.numbers, ScalarKinds.Kind.number.rawValue),
            (ScalarKindData.cased, ScalarKinds.Kind.cased.rawValue),
            (ScalarKindData.letters, ScalarKinds.Kind.letter.rawValue), (Self.ends, ScalarKinds.Kind.end.rawValue),
            (ScalarKindData.kept, Self.keptBit),
        ] {
            FoldingDataReader.readRanges(text) { self.set($0, self[$0] | bits) }
        }
        let own = self
        for scalar in Self.decomposed where table.number(of: scalar) != 0 {
            let entry = table.entries[table.number(of: scalar)]
            var bits = own[scalar] | (entry.joins ? Self.joinsBit : 0)
            if bits & Self.keptBit == 0 {
                let parts = entry.parts.indices.map { table.scalars[$0] }
                bits = bits & ~Self.kindBits | own.kind(of: parts) | (parts.count > 1 ? Self.partsBit : 0)
                if parts.allSatisfy({ $0.combiningClass != 0 }) { bits |= Self.markBit }
            }
            self.set(scalar, bits)
        }
    }

    subscript(scalar: UInt32) -> UInt8 { self.facts[Int(self.pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)] }

    /// Several parts are a letter with a case where each is one, marks apart; else what they end a number's reach by, if they do.
    private func kind(of parts: [ClassedScalar]) -> UInt8 {
        let (cased, letter) = (ScalarKinds.Kind.cased.rawValue, ScalarKinds.Kind.letter.rawValue)
        func kind(_ part: ClassedScalar) -> UInt8 { self[part.value] & Self.kindBits }
        let letters = parts.filter { $0.combiningClass == 0 }
        if !letters.isEmpty, letters.allSatisfy({ kind($0) == cased }) { return cased }
        return parts.count == 1 || (letters.count < 2 && !parts.contains { kind($0) == letter })
            ? kind(parts[0]) : letter
    }

    private mutating func set(_ scalar: UInt32, _ bits: UInt8) {
        let page = Int(scalar >> 8)
        if self.pages[page] == 0 {
            guard bits != 0 else { return }
            self.pages[page] = UInt16(self.facts.count >> 8)
            self.facts += [UInt8](repeating: 0, count: 256)
        }
        self.facts[Int(self.pages[page]) << 8 | Int(scalar & 0xFF)] = bits
    }
}
