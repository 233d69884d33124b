import Foundation
package import NIOCore

/// Brings an input into the form that is hashed.
package enum TextNormalization {
    /// The canonical form of an input.
    ///
    /// `text` folds what readers take for one question: compatibility forms (NFKC), case (independent of any locale: `I` is `i`,
    /// `ß` is `ss`, `ς` is `σ`, and the dotless `ı` stays itself), white space (one space between words, none around), and a
    /// trailing run of `? ! . 。 ？ ！` with the spaces within. An input of such marks alone keeps them. Idempotent.
    ///
    /// - Parameters:
    ///   - input: valid UTF-8.
    ///   - mode: the flow's setting.
    /// - Returns: the bytes to be hashed; empty only where the input is empty or, in `text`, nothing but white space.
    package static func canonical(_ input: ByteBuffer, _ mode: Normalization) -> ByteBuffer {
        switch mode {
        case .exact: input
        case .text: Self.foldASCII(input) ?? Self.fold(String(buffer: input))
        }
    }

    /// - Returns: `nil` where the input is not ASCII alone.
    private static func foldASCII(_ input: ByteBuffer) -> ByteBuffer? {
        let folded: [UInt8]? = input.withUnsafeReadableBytes { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            var folded: [UInt8] = []
            folded.reserveCapacity(bytes.count)
            for byte in bytes {
                switch byte {
                case 0x09...0x0D, 0x20:
                    if let last = folded.last, last != 0x20 { folded.append(0x20) }
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): folded.append(byte | 0x20)
                default: folded.append(byte)
                }
            }
            return folded
        }
        return folded.map { ByteBuffer(bytes: Self.trimmed($0, isSpace: { $0 == 0x20 }, isMark: Self.isASCIIMark)) }
    }

    private static func fold(_ text: String) -> ByteBuffer {
        // Folding can undo NFKC, and NFKC can bring back capitals (a bold A becomes an A): the second round settles both.
        let once = Self.foldCase(text.precomposedStringWithCompatibilityMapping)
        let twice = Self.foldCase(once.precomposedStringWithCompatibilityMapping)
        var folded: [Unicode.Scalar] = []
        for scalar in twice.precomposedStringWithCompatibilityMapping.unicodeScalars {
            if !scalar.properties.isWhitespace {
                folded.append(scalar)
            } else if let last = folded.last, last != " " {
                folded.append(" ")
            }
        }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: Self.trimmed(folded, isSpace: { $0 == " " }, isMark: Self.isMark))
        return ByteBuffer(string: String(scalars))
    }

    /// Full case folding, one scalar at a time, so that neither locale nor position plays a part.
    private static func foldCase(_ text: String) -> String {
        var folded = ""
        folded.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            // Lower of upper of lower is Unicode's folding (`ẞ` is `ß` is `SS` is `ss`) but for the dotless i, whose capital is
            // that of `i`.
            guard scalar.value >= 0x80, scalar != "\u{131}" else {
                folded += scalar.properties.lowercaseMapping
                continue
            }
            let upper = scalar.properties.lowercaseMapping.unicodeScalars.map(\.properties.uppercaseMapping).joined()
            folded += upper.unicodeScalars.map(\.properties.lowercaseMapping).joined()
        }
        return folded
    }

    /// Drops a trailing space, and trailing marks unless there is nothing else.
    private static func trimmed<Unit>(
        _ text: [Unit],
        isSpace: (Unit) -> Bool,
        isMark: (Unit) -> Bool
    ) -> ArraySlice<Unit> {
        if let end = text.lastIndex(where: { !isSpace($0) && !isMark($0) }) { return text[...end] }
        guard let end = text.lastIndex(where: { !isSpace($0) }) else { return [] }
        return text[...end]
    }

    private static func isASCIIMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: ".")
    }

    /// NFKC has turned `？` and `！` into their ASCII forms already.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "?" || scalar == "!" || scalar == "." || scalar == "\u{3002}"
    }
}
