import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("What text normalization keeps apart")
struct CarefulFoldingTests {
    private static func fold(_ text: String) -> String {
        String(buffer: TextNormalization.canonical(ByteBuffer(string: text), .text))
    }

    @Test(
        "questions that mean different things are two",
        arguments: [
            ("Convert 5 W to mW", "Convert 5 W to MW"), ("How many mW in 5 W?", "How many MW in 5 W?"),
            ("How many Mb are 10 MB?", "How many MB are 10 Mb?"), ("pm or PM of 3 m", "Pm or PM of 3 m"),
            ("10⁵", "105"), ("x²", "x2"), ("5 mW", "5 MW"), ("5mW", "5MW"), ("H₂O", "H2O"), ("1½ cups", "11⁄2 cups"),
            ("½", "1⁄2"), ("㎽", "㎿"), ("5 ㎽", "5 ㎿"), ("m³", "m3"), ("㎥", "m3"), ("2①", "21"), ("⒈5", "1.5"),
            ("ℝ", "R"),
            ("5 mm", "5 Mm"), ("5 mg", "5 Mg"), ("5 Gb", "5 GB"), ("5 Mbps", "5 MBps"), ("5 kW·h", "5 kw·h"),
            ("5 mV/MV", "5 mV/mV"), ("CO2", "Co2"), ("x²", "X²"), ("5-MW", "5-mW"), ("5\u{A0}MW", "5 mW"),
            ("5 \n MW", "5 mW"),
            ("５ＭＷ", "５ｍＷ"), ("٥ MW", "٥ mW"), ("三 MW", "三 mW"), ("5 (MW)", "5 (mW)"), ("1ª", "1a"), ("5!", "5"),
            ("What is 10!?", "What is 10?"), ("5 µΩ", "5 µω"), ("½ MW", "½ mW"), ("5 MW的价格", "5 mW的价格"), ("ⁿ", "n"),
        ]
    )
    func keepsApart(one: String, other: String) {
        #expect(Self.fold(one) != Self.fold(other), "\(Self.fold(one))")
    }

    @Test(
        "questions that mean one thing are one",
        arguments: [
            ("HOW MANY DAYS ARE IN 2024?", "how many days are in 2024?"),
            ("How do I reset my password?", "how do i  RESET my Password"), ("Straße", "STRASSE"),
            ("ＡＢＣ１２３４", "ABC1234"),
            ("Top 5 Countries", "top 5 countries"), ("5 Megawatt", "5 megawatt"), ("5 mW", "5  mW "), ("５ mW", "5 mW"),
            ("Room 5. The End", "room 5. the end"), ("Henry Ⅷ", "henry viii"), ("Wow!", "wow"),
            ("in 2024, Paris", "IN 2024, paris"),
            ("第5章的API说明", "第5章的api说明"), ("é5", "e\u{301}5"), ("5 Ω", "5 \u{2126}"), ("5 K", "5 \u{212A}"),
            ("K", "k"), ("ﬁve", "FIVE"), ("𝐇𝐞𝐥𝐥𝐨", "hello"), ("Is it MW or mW", "is it mw OR MW"),
        ]
    )
    func folds(one: String, other: String) {
        #expect(Self.fold(one) == Self.fold(other), "\(Self.fold(one)) \(Self.fold(other))")
    }

    @Test(
        "the form is what it was",
        arguments: [
            ("Is 10⁵ W 5 MW?", "is 10⁵ W 5 MW"), ("CO2 and Co", "CO2 and co"), ("5 kg/m² of Rock", "5 kg/m² of rock"),
            ("Area: 5 m² !", "area: 5 m²"), ("What is 5!", "what is 5!"), ("5!?", "5!"), ("5!!", "5!!"),
            ("a5b!!", "a5b"),
            ("№5", "No5"), ("5 … MW", "5 ... MW"), ("5 … Watt", "5 ... watt"), ("5／MW", "5/MW"),
            ("Grüße 5 Straße", "grüsse 5 strasse"),
            ("5 Spaß", "5 Spaß"), ("a ½ B", "a ½ B"), ("!", "!"),
        ]
    )
    func form(text: String, folded: String) {
        #expect(Self.fold(text) == folded)
        #expect(Self.fold(folded) == folded)
    }

    @Test(
        "what is kept is no other text's form, and folding again changes nothing, for every scalar beside a number and not"
    )
    func isIdempotent() {
        let kinds = ScalarKinds.shared
        for value in UInt32(0)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
            for text in ["a\(scalar)b", "5 \(scalar)", "5\(scalar)Ab Cd", "Ab\(scalar)5", "\(scalar)Ab"] {
                let once = Self.fold(text)
                if Self.fold(once) != once { Issue.record("U+\(String(value, radix: 16)): \(text) -> \(once)") }
            }
            if kinds[value].isKept { #expect(Self.fold("\(scalar)") == "\(scalar)") }
        }
    }

    @Test("texts that nothing is kept of are folded as they always were")
    func agreesWithCoarse() {
        var random = SeededGenerator(seed: 61)
        for _ in 0..<20_000 {
            let text = ReferenceFolding.text(using: &random)
            let scalars = text.unicodeScalars.map(\.value)
            let kinds = ScalarKinds.shared
            guard !scalars.contains(where: { kinds[$0].isKept || kinds[$0].kind == .number }) else { continue }
            #expect(
                TextNormalization.canonical(ByteBuffer(string: text), .text)
                    == TextNormalization.coarse(ByteBuffer(string: text)),
                "\(scalars.map { String($0, radix: 16) })"
            )
        }
    }

    @Test("a text is folded as ASCII and as what it is beside others")
    func agreesOnASCII() {
        var random = SeededGenerator(seed: 62)
        let pool = Array("aBcD MW mw 5 1 /!?.,-".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                pool[Int.random(in: 0..<pool.count, using: &random)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            // A letter without a case is no part of a word, and ends a number's reach, as nothing does.
            let among = Self.fold("的" + text + "的").dropFirst().dropLast()
            let alone = Self.fold("\u{1}" + text + "\u{1}").dropFirst().dropLast()
            #expect(String(among) == String(alone), "\(text)")
        }
    }

    @Test("what was forbidden under the earlier form stays so, and a pin holds for what has one form in both")
    func earlierMarks() async throws {
        let settings = FlowSettings.cached(ttl: .seconds(100)) { $0.normalize = .text }
        let time = Timestamp(milliseconds: 1)
        func key(_ text: String) throws -> CacheKey {
            let run = try RunInput.parseRunFlow(ByteBuffer(string: "{\"flow_id\":\"faq\",\"input\":\"\(text)\"}"))
            let hash = InputHasher.hash(
                run,
                normalization: .text,
                globalVariables: [],
                session: nil,
                form: .document,
                isEarlier: true
            )
            return CacheKey(scope: CacheScope(tenant: .default, target: try #require(FlowName("faq"))), input: hash)
        }
        func mark(_ text: String, _ kind: CurationMark.Kind) throws -> CurationMark {
            CurationMark(key: try key(text), kind: kind, author: "a", reason: "r", time: time)
        }
        #expect(try key("10⁵") == key("105"))
        let curation = CurationTable([
            try mark("105", .tombstone),
            try mark(
                "12",
                .pin(FallbackAnswer.make(text: "pinned", input: ByteBuffer(), component: "Ambassador-pinned"))
            ),
        ])
        let marked = Harness(flows: ["faq": settings], curation: curation)
        for text in ["105", "10⁵"] {
            #expect(await marked.ask(text).cacheStatusText == "ambassador; fwd=bypass; detail=tombstone")
        }
        #expect(await marked.ask("12", wantsText: true).text == "pinned")
        #expect(await marked.ask("1²", wantsText: true).text.hasSuffix("to 1²"))
        #expect(await marked.ask("12 ", of: "faq", wantsText: true).text == "pinned")
    }

    @Test("a purge finds a text in whatever form")
    func purges() throws {
        let target = try #require(FlowName("faq"))
        let text = PurgeText(ByteBuffer(string: "5 mw"), foldedTargets: .only([target]))
        #expect(text.isContained(in: ByteBuffer(string: "Who runs 5 MW?"), of: target))
        #expect(
            PurgeText(ByteBuffer(string: "x2"), foldedTargets: .only([target])).isContained(
                in: ByteBuffer(string: "X²"),
                of: target
            )
        )
    }
}
