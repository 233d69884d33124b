import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct PurgeSelectionTests {
    private func entry(_ input: String?, storedAt: Int64 = 50) -> CacheEntry {
        CacheEntry(
            key: .sample(1),
            tenant: .sample("a"),
            target: .sample("x"),
            storedAt: Timestamp(milliseconds: storedAt),
            lifetimeMax: nil,
            answer: Answer(body: ByteBuffer(string: "{}"), sessionOffsets: [], text: ByteBuffer(string: "t")),
            usage: .unknown,
            upstreamMicroseconds: 0,
            input: input.map { ByteBuffer(string: $0) }
        )
    }

    @Test(
        "an input that contains the text, byte for byte",
        arguments: [
            ("jane@example.com", "jane@example.com", true), ("mail jane@example.com now", "jane@example.com", true),
            ("janejane@", "jane@", true), ("aaab", "aab", true), ("jane", "jane@", false), ("Jane@", "jane@", false),
            ("", "j", false), ("caf\u{E9}", "cafe\u{301}", false), ("caf\u{E9}", "\u{E9}", true), ("ab", "b", true),
        ]
    )
    func text(input: String, text: String, isCovered: Bool) {
        #expect(PurgeSelection(text: .init(ByteBuffer(string: text))).covers(self.entry(input)) == isCovered)
    }

    @Test(
        "under normalize: text, an input that contains the text in that form, or byte for byte",
        arguments: [
            ("Mail Jane.Doe@Example.com, please!", "jane.doe@example.com", true),
            ("mail jane.doe@example.com", "JANE.DOE@EXAMPLE.COM", true), ("caf\u{E9}", "cafe\u{301}", true),
            ("STRASSE 5", "stra\u{DF}e", true), ("Jane \n Doe", "jane doe", true), ("Jane Doe", "jane\tdoe?", true),
            ("Jane.", "Jane.", true), ("Jane", "Joe", false), ("anything", "  ", false), ("anything", "?", false),
        ]
    )
    func folded(input: String, text: String, isCovered: Bool) {
        let plain = PurgeSelection(text: .init(ByteBuffer(string: text)))
        #expect(plain.folding(.only([.sample("x")])).covers(self.entry(input)) == isCovered)
        #expect(plain.folding(.allBut([])).covers(self.entry(input)) == isCovered)
        for others: FoldedTargets in [.only([.sample("y")]), .allBut([.sample("x")]), .none] {
            #expect(plain.folding(others).covers(self.entry(input)) == plain.covers(self.entry(input)))
        }
    }

    @Test("an entry without its input cannot be judged, unless something else spares it")
    func withoutInput() {
        let text = PurgeText(ByteBuffer(string: "a"))
        #expect(PurgeSelection(text: text).verdict(on: self.entry(nil)) == .unjudged)
        #expect(!PurgeSelection(text: text).covers(self.entry(nil)))
        #expect(PurgeSelection(target: .sample("y"), text: text).verdict(on: self.entry(nil)) == .spared)
        #expect(PurgeSelection(target: .sample("x")).verdict(on: self.entry(nil)) == .covered)
    }

    @Test("all conditions are met, or the entry stays")
    func conjunction() {
        let entry = self.entry("question")
        var selection = PurgeSelection(
            key: .sample(1),
            tenant: .sample("a"),
            target: .sample("x"),
            storedBefore: Timestamp(milliseconds: 51),
            text: .init(ByteBuffer(string: "quest"))
        )
        #expect(selection.covers(entry))
        selection.storedBefore = Timestamp(milliseconds: 50)
        #expect(!selection.covers(entry))
        for change: (inout PurgeSelection) -> Void in [
            { $0.key = .sample(2) }, { $0.tenant = .sample("b") }, { $0.target = .sample("y") },
            { $0.text = .init(ByteBuffer(string: "no")) },
        ] {
            var other = PurgeSelection(
                key: .sample(1),
                tenant: .sample("a"),
                target: .sample("x"),
                text: .init(ByteBuffer(string: "quest"))
            )
            change(&other)
            #expect(!other.covers(entry))
        }
    }
}
