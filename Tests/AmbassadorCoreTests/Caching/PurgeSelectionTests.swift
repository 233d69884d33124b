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
        #expect(PurgeSelection(text: ByteBuffer(string: text)).covers(self.entry(input)) == isCovered)
    }

    @Test("an entry without its input contains nothing")
    func withoutInput() {
        #expect(!PurgeSelection(text: ByteBuffer(string: "a")).covers(self.entry(nil)))
    }

    @Test("all conditions are met, or the entry stays")
    func conjunction() {
        let entry = self.entry("question")
        var selection = PurgeSelection(
            key: .sample(1),
            tenant: .sample("a"),
            target: .sample("x"),
            storedBefore: Timestamp(milliseconds: 51),
            text: ByteBuffer(string: "quest")
        )
        #expect(selection.covers(entry))
        selection.storedBefore = Timestamp(milliseconds: 50)
        #expect(!selection.covers(entry))
        for change: (inout PurgeSelection) -> Void in [
            { $0.key = .sample(2) }, { $0.tenant = .sample("b") }, { $0.target = .sample("y") },
            { $0.text = ByteBuffer(string: "no") },
        ] {
            var other = PurgeSelection(
                key: .sample(1),
                tenant: .sample("a"),
                target: .sample("x"),
                text: ByteBuffer(string: "quest")
            )
            change(&other)
            #expect(!other.covers(entry))
        }
    }
}
