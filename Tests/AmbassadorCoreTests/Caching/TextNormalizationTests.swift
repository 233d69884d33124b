import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@Suite("Text normalization")
struct TextNormalizationTests {
    private static func fold(_ text: String) -> [UInt8] {
        Array(TextNormalization.canonical(ByteBuffer(string: text), .text).readableBytesView)
    }

    @Test("exact leaves every byte as it is", arguments: ["", " A ?", "é", "e\u{301}", "\0\u{FEFF}"])
    func keepsExact(text: String) {
        #expect(TextNormalization.canonical(ByteBuffer(string: text), .exact) == ByteBuffer(string: text))
    }

    @Test(
        "text is folded",
        arguments: [
            ("", ""), ("hello", "hello"), ("Hello", "hello"), ("  a \t\r\n\u{B}\u{C} b  ", "a b"), ("   ", ""),
            ("what?", "what"),
            ("what ?!.", "what"), ("what? ! . ", "what"), ("a.b", "a.b"), ("a. b.", "a. b"), ("?what", "?what"),
            ("3.5", "3.5"),
            ("?", "?"), (" ?! ", "?!"), ("? !", "? !"), ("...", "..."), ("。", "。"), ("？！", "?!"), ("a,", "a,"),
            ("\0", "\0"), ("a\u{1F}", "a\u{1F}"),
            ("你好。", "你好"), ("你好？！", "你好"), ("你好 。？", "你好"), ("你\u{3000}好", "你 好"), ("a\u{A0}\u{2003}b", "a b"),
            ("a\u{200B}b", "a\u{200B}b"),
            ("\u{2028}a\u{85}", "a"), ("é", "é"), ("e\u{301}", "é"), ("É", "é"), ("ﬁ", "fi"), ("ＡＢＣ１", "abc1"),
            ("①", "1"), ("x…", "x"),
            ("…", "..."), ("STRASSE", "strasse"), ("Straße", "strasse"), ("STRAẞE", "strasse"), ("ΣΑΣ", "σασ"),
            ("σας", "σασ"), ("I", "i"),
            ("ı", "ı"), ("İ", "i\u{307}"), ("K", "k"), ("Å", "å"), ("ſ", "s"), ("Ǆ", "dž"), ("ŉ", "ʼn"), ("ΐ", "ΐ"),
            ("Ა", "ა"), ("ꭰ", "ꭰ"), ("Ꭰ", "ꭰ"),
            ("𝐀", "a"), ("𝔘?", "u"), ("ﾊﾟ", "パ"), ("｡", "。"), ("a｡", "a"), ("👩‍👧 OK!", "👩‍👧 ok"), ("ΑΙ\u{345}", "αιι"),
        ]
    )
    func folds(text: String, folded: String) {
        #expect(Self.fold(text) == Array(folded.utf8), "\(String(decoding: Self.fold(text), as: UTF8.self))")
    }

    @Test("an input of marks alone is not an empty one", arguments: ["?", "!", ".", "。", "？", "！", " ?", "? ? ?"])
    func keepsMarks(text: String) {
        #expect(!Self.fold(text).isEmpty)
    }

    @Test("the dotless i and the dotted are two letters, whatever the locale")
    func keepsTurkish() {
        #expect(Self.fold("ılık") != Self.fold("ilik"))
        #expect(Self.fold("ILIK") == Self.fold("ilik"))
    }

    @Test("folding again changes nothing, for every scalar that Unicode has assigned")
    func isIdempotent() {
        for value in UInt32(0)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
            let once = TextNormalization.canonical(ByteBuffer(string: "a\(scalar)b"), .text)
            let twice = TextNormalization.canonical(once, .text)
            if once != twice { Issue.record("U+\(String(value, radix: 16)): \(once.text) -> \(twice.text)") }
        }
    }

    @Test("ASCII and the rest are folded by one rule")
    func agreesOnASCII() {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...127, using: &random)
                    : Array(" ?!.".utf8)[Int.random(in: 0..<4, using: &random)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            // A letter beyond ASCII in front sends the same text down the other way.
            #expect(Self.fold("é" + text) == Self.fold("éx" + text).replacingFirstX, "\(bytes)")
            #expect(Self.fold("x" + text) == Array("x".utf8) + Self.fold("é" + text).dropFirst(2), "\(bytes)")
        }
    }
}

extension [UInt8] {
    /// Without the `x` behind the two bytes of the first letter.
    fileprivate var replacingFirstX: [UInt8] {
        Array(self.prefix(2) + self.dropFirst(3))
    }
}
