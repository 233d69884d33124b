import AmbassadorTesting
import Foundation

/// Folds as the rules read: NFKC, case, NFKC, case, NFKC, white space, a step at a time and in any time that it takes.
enum ReferenceFolding {
    static func fold(_ text: String) -> [UInt8] {
        var text = text
        for _ in 0..<2 { text = self.foldCase(text.precomposedStringWithCompatibilityMapping) }
        var folded: [Unicode.Scalar] = []
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
            if !scalar.properties.isWhitespace {
                folded.append(scalar)
            } else if let last = folded.last, last != " " {
                folded.append(" ")
            }
        }
        let marks: Set<Unicode.Scalar> = ["?", "!", ".", "\u{3002}"]
        let end = folded.lastIndex { $0 != " " && !marks.contains($0) } ?? folded.lastIndex { $0 != " " } ?? -1
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: folded[...end])
        return Array(String(scalars).utf8)
    }

    private static func foldCase(_ text: String) -> String {
        var folded = ""
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x80, scalar != "\u{131}" else {
                folded += scalar.properties.lowercaseMapping
                continue
            }
            let upper = scalar.properties.lowercaseMapping.unicodeScalars.map(\.properties.uppercaseMapping).joined()
            folded += upper.unicodeScalars.map(\.properties.lowercaseMapping).joined()
        }
        return folded
    }

    /// A short text of scalars that act on one another.
    ///
    /// Left out is what Foundation gets wrong: scalars beyond U+FFFF before marks, whose upper half it drops, scalars of the class 0
    /// whose decomposition begins with a mark, which it leaves out of order, and syllables of Hangul before trailing jamo.
    static func text(using random: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let pool = Self.pools[Int.random(in: 0..<Self.pools.count, using: &random)]
            scalars.append(pool[Int.random(in: 0..<pool.count, using: &random)])
        }
        return String(scalars)
    }

    private static let pools: [[Unicode.Scalar]] = {
        func scalars(_ ranges: ClosedRange<UInt32>...) -> [Unicode.Scalar] {
            ranges.joined().compactMap(Unicode.Scalar.init).filter { ($0.properties.age?.major ?? 99) <= 15 }
        }
        return [
            scalars(0x300...0x344, 0x346...0x36F), scalars(0x345...0x345, 0x301...0x301, 0x323...0x323, 0x334...0x334),
            scalars(0x1100...0x1112, 0x1161...0x1175, 0x11A8...0x11C2),
            scalars(0x1F00...0x1FFF, 0x391...0x3C9), scalars(0x20...0x7E, 0xA0...0x17F), scalars(0x1E00...0x1EFF),
            scalars(0x5B0...0x5C2, 0x64B...0x655, 0x93C...0x93C, 0x9BE...0x9D7, 0xDCF...0xDDF, 0x3099...0x309A),
            scalars(0x2000...0x2030, 0x3000...0x3002, 0xFF01...0xFF5E), scalars(0xFB00...0xFB06, 0xFB1D...0xFDFF),
            scalars(0x3041...0x30FF, 0x3300...0x33FF), scalars(0x915...0x939, 0x9C7...0x9C8, 0xDD9...0xDDE),
        ]
    }()
}
