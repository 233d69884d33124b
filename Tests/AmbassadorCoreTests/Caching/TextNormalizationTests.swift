import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@Suite("Text normalization, coarse")
struct TextNormalizationTests {
    private static func fold(_ text: String) -> [UInt8] {
        Array(TextNormalization.coarse(ByteBuffer(string: text)).readableBytesView)
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
            ("가\u{11A8}", "각"), ("Ა", "ა"), ("ꭰ", "ꭰ"), ("Ꭰ", "ꭰ"),
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
            let once = TextNormalization.coarse(ByteBuffer(string: "a\(scalar)b"))
            let twice = TextNormalization.coarse(once)
            if once != twice { Issue.record("U+\(String(value, radix: 16)): \(once.text) -> \(twice.text)") }
        }
    }

    @Test("a text is folded as ASCII and as what it is beside others")
    func agreesOnASCII() {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...127, using: &random)
                    : Array(" ?!.".utf8)[Int.random(in: 0..<4, using: &random)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            // What begins something new at both ends changes nothing within, and sends it down the other way.
            let among = Self.fold("é" + text + "é").dropFirst(2).dropLast(2)
            let alone = Self.fold("x" + text + "x").dropFirst().dropLast()
            #expect(Array(among) == Array(alone), "\(bytes)")
        }
    }

    @Test("a text in one piece is folded as Foundation's forms and the standard library's cases say, scalar by scalar")
    func agreesOnScalars() {
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let expected = ReferenceFolding.fold("a\(scalar)b")
            if Self.fold("a\(scalar)b") != expected { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test("texts full of marks, jamo, Greek and forms are folded as the reference folds them, and once is enough")
    func agreesOnTexts() {
        var random = SeededGenerator(seed: 60)
        for _ in 0..<20_000 {
            let text = ReferenceFolding.text(using: &random)
            let folded = Self.fold(text)
            let values = text.unicodeScalars.map { String($0.value, radix: 16) }
            if folded != ReferenceFolding.fold(text) {
                Issue.record("\(values): \(String(decoding: folded, as: UTF8.self))")
            }
            if Self.fold(String(decoding: folded, as: UTF8.self)) != folded {
                Issue.record("\(values) changes once more")
            }
        }
    }

    @Test("marks without end stay in order, whatever their number", arguments: [15, 16, 17, 18, 1_000, 100_001])
    func ordersManyMarks(count: Int) {
        let pairs = String(repeating: "\u{301}\u{323}", count: count)
        // One of each composes; what is left stands class by class, in the order in which it came.
        let expected =
            "\u{1EA1}" + String(repeating: "\u{323}", count: count - 1) + String(repeating: "\u{301}", count: count)
        #expect(Self.fold("A" + pairs) == Array(expected.utf8))
    }

    @Test("what grows most, what composes most and what ends in the middle of a scalar are folded to the end")
    func foldsExtremes() {
        let blessing = Self.fold("\u{FDFA}")
        #expect(blessing.count == 33)
        #expect(Self.fold(String(repeating: "\u{FDFA}", count: 1_000)).count == 33_000)
        #expect(Self.fold(String(repeating: "\u{1100}\u{1161}\u{11A8}", count: 1_000)).count == 3_000)
        let cut = TextNormalization.canonical(ByteBuffer(bytes: [0x61, 0xF0, 0x9F]), .text)
        #expect(cut.readableBytes > 1)
    }
}
