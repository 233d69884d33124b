import AmbassadorCore
import Testing

@Suite("Printable excerpt")
struct PrintableExcerptTests {
    @Test(
        "what could hurt a log or a page is escaped",
        arguments: [
            ("plain-1_2.3", "plain-1_2.3"), ("中文é", "中文é"), ("a\nb", "a\\u{a}b"), ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("\"\\", "\\u{22}\\u{5c}"),
            ("\u{202E}x", "\\u{202e}x"), ("\0", "\\u{0}"), ("\u{1B}[31m", "\\u{1b}[31m"), ("\u{A0}", "\\u{a0}"),
            ("😀", "\\u{1f600}"),
        ]
    )
    func escapes(text: String, excerpt: String) {
        #expect(PrintableExcerpt.of(text.utf8) == excerpt)
    }

    @Test("at most so many characters are shown", arguments: [1, 2, 8, 32, 96])
    func shortens(lengthMax: Int) {
        for text in [
            String(repeating: "x", count: 100_000), String(repeating: "\n", count: 100),
            String(repeating: "中", count: 100),
        ] {
            let excerpt = PrintableExcerpt.of(text.utf8, lengthMax: lengthMax)
            #expect(excerpt.count <= lengthMax)
            #expect(excerpt.hasSuffix("…"))
        }
    }

    @Test("bytes that are not UTF-8 are shown as replaced")
    func replaces() {
        #expect(PrintableExcerpt.of([0xFF, 0x41] as [UInt8]) == "\\u{fffd}A")
    }
}
