package import NIOCore

/// Brings an input into the form that is hashed.
package enum TextNormalization {
    /// The canonical form of an input.
    ///
    /// `text` folds what readers take for one question: compatibility forms (NFKC), case (independent of any locale: `I` is `i`,
    /// `ß` is `ss`, `ς` is `σ`, and the dotless `ı` stays itself), white space (one space between words, none around), and a
    /// trailing run of `? ! . 。 ？ ！` with the spaces within. An input of such marks alone keeps them. Idempotent.
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
        case .text: Self.fold(input)
        }
    }

    /// Makes what `text` needs, once: some 20 ms that otherwise the first request would take.
    package static func prepare() { _ = FoldingTable.shared }

    private static func fold(_ input: ByteBuffer) -> ByteBuffer {
        let folded = input.withUnsafeReadableBytes { TextFolder.fold($0) }
        return ByteBuffer(bytes: folded[..<Self.end(of: folded)])
    }

    /// Where a text ends without trailing space and marks; without the space alone where there is nothing else.
    private static func end(of text: [UInt8]) -> Int {
        var end = text.count
        while let length = Self.lengthOfSpaceOrMark(before: end, in: text) { end -= length }
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
