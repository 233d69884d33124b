package import NIOCore

/// Brings an input into the form that is hashed.
package enum TextNormalization {
    /// The canonical form of an input.
    ///
    /// `text` folds what readers take for one question: compatibility forms (NFKC), case (independent of any locale: `I` is `i`,
    /// `ß` is `ss`, `ς` is `σ`, and the dotless `ı` stays itself), white space (one space between words, none around), and a
    /// trailing run of `? ! . 。 ？ ！` with the spaces within. An input of such marks alone keeps them. What carries a meaning stays
    /// apart: super- and subscripts, fractions, units in one sign, numbers in circles, double-struck letters (`10⁵`, `x²`, `1½`, `㎽`,
    /// `②`, `ℝ`), the case of short words beside a number (`5 mW`, `CO2`), and `!` behind one (`5!`). Idempotent.
    ///
    /// Bound: under 20 ms for each MiB of input, whatever it says, and 12 bytes of memory for each byte (`text`), or nothing (`exact`).
    ///
    /// - Parameters:
    ///   - input: valid UTF-8.
    ///   - mode: the flow's setting.
    /// - Returns: the bytes to be hashed; empty only where the input is empty or, in `text`, nothing but white space.
    package static func canonical(_ input: ByteBuffer, _ mode: Normalization) -> ByteBuffer {
        switch mode {
        case .exact: input
        case .text: Self.fold(input, isCareful: true)
        }
    }

    /// The form in which texts that mean different things may be one, too: what `text` once was.
    ///
    /// For what must not miss a text, such as a purge or a mark of an earlier version. Bound: as ``canonical(_:_:)``.
    package static func coarse(_ input: ByteBuffer) -> ByteBuffer { Self.fold(input, isCareful: false) }

    /// Makes what `text` needs, once: some 20 ms that otherwise the first request would take.
    package static func prepare() { _ = (FoldingTable.shared, ScalarKinds.shared) }

    private static func fold(_ input: ByteBuffer, isCareful: Bool) -> ByteBuffer {
        let folded = input.withUnsafeReadableBytes { TextFolder.fold($0, isCareful: isCareful) }
        return ByteBuffer(bytes: folded[..<Self.end(of: folded, isCareful: isCareful)])
    }

    /// Where a text ends without trailing space and marks; without the space alone where there is nothing else.
    private static func end(of text: [UInt8], isCareful: Bool) -> Int {
        var end = text.count
        while let length = Self.lengthOfSpaceOrMark(before: end, in: text) {
            if isCareful, text[end - 1] == UInt8(ascii: "!") {
                let start = (text[..<end].lastIndex { $0 != UInt8(ascii: "!") } ?? -1) + 1
                // A factorial.
                if start > 0, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[start - 1]) { return end }
                end = start
            } else {
                end -= length
            }
        }
        guard end == 0 else { return end }
        return text.last == UInt8(ascii: " ") ? text.count - 1 : text.count
    }

    /// The bytes of the space or mark that ends at an index, `nil` where something else does.
    ///
    /// NFKC has turned `？` and `！` into their ASCII forms already.
    private static func lengthOfSpaceOrMark(before end: Int, in text: [UInt8]) -> Int? {
        guard end > 0 else { return nil }
        switch text[end - 1] {
        case UInt8(ascii: " "), UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "."): return 1
        default: return text[..<end].suffix(3).elementsEqual("。".utf8) ? 3 : nil
        }
    }
}
