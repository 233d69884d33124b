/// Units whose symbol is that of another unit in another case: milli and mega, pico and peta, bit and byte, and pH.
///
/// After the SI's symbols (BIPM, The International System of Units, 9th edition, tables 2, 4, 7 and 8) and IEC 80000-13.
enum AmbiguousUnits {
    private static let bases = [
        "a", "ah", "b", "bit", "bps", "bq", "cal", "ev", "f", "g", "gy", "h", "hz", "j", "k", "l", "m", "mol", "n",
        "pa", "s",
        "sv", "t", "v", "va", "w", "wh",
    ]

    /// Each symbol in lower case, as the bytes of a number.
    private static let symbols: Set<UInt64> = {
        let prefixed = ["m", "p"].flatMap { prefix in Self.bases.map { prefix + $0 } }
        let data = ["k", "g", "t"].flatMap { [$0 + "b", $0 + "bps"] }
        return Set((prefixed + data).map { Self.number(of: $0.utf8) })
    }()

    /// Whether ASCII letters, in whatever case, are such a symbol.
    static func contains(_ word: some Collection<UInt8>) -> Bool {
        (2...4).contains(word.count) && Self.symbols.contains(Self.number(of: word))
    }

    private static func number(of letters: some Collection<UInt8>) -> UInt64 {
        letters.reduce(0) { $0 << 8 | UInt64($1 | 0x20) }
    }
}
