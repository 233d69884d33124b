import Testing

@testable import AmbassadorCore

@Suite("What Cache-Control asks for")
struct CacheDirectivesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let fields: [String]
        let expected: CacheDirectives

        var testDescription: String { self.fields.joined(separator: " | ") }

        init(_ fields: String..., expect change: (inout CacheDirectives) -> Void = { _ in }) {
            self.fields = fields
            var expected = CacheDirectives()
            change(&expected)
            self.expected = expected
        }
    }

    static let cases = [
        Case("no-cache") { $0.noCache = true },
        Case("NO-Cache") { $0.noCache = true },
        Case("no-store") { $0.noStore = true },
        Case("only-if-cached") { $0.onlyIfCached = true },
        Case("max-age=60") { $0.maxAgeSeconds = 60 },
        Case("max-age=0") { $0.maxAgeSeconds = 0 },
        Case("max-age=007") { $0.maxAgeSeconds = 7 },
        Case("min-fresh=5") { $0.minFreshSeconds = 5 },
        Case("max-stale=5") { $0.maxStaleSeconds = 5 },
        Case("max-stale") { $0.maxStaleSeconds = CacheDirectives.secondsMax },
        Case("stale-if-error=5") { $0.staleIfErrorSeconds = 5 },
        // Several, in one field or in more, with the blanks and empty members that a list may have (RFC 9110 §5.6.1).
        Case("no-cache,no-store") { ($0.noCache, $0.noStore) = (true, true) },
        Case(" ,, no-cache\t,  max-age=1 ,") { ($0.noCache, $0.maxAgeSeconds) = (true, 1) },
        Case("no-cache", "max-age=1") { ($0.noCache, $0.maxAgeSeconds) = (true, 1) },
        // Of a repeated one the strictest counts.
        Case("max-age=60, max-age=10", "max-age=30") { $0.maxAgeSeconds = 10 },
        Case("min-fresh=1, min-fresh=10") { $0.minFreshSeconds = 10 },
        Case("max-stale, max-stale=10") { $0.maxStaleSeconds = 10 },
        Case("stale-if-error=10, stale-if-error=1") { $0.staleIfErrorSeconds = 1 },
        // RFC 9111 §5.2: an argument may be quoted.
        Case("max-age=\"60\"") { $0.maxAgeSeconds = 60 },
        Case("max-age=\"6\\0\"") { $0.maxAgeSeconds = 60 },
        // RFC 9111 §1.2.2: what is too great is 2^31.
        Case("max-age=2147483648") { $0.maxAgeSeconds = 2_147_483_648 },
        Case("max-age=2147483649") { $0.maxAgeSeconds = 2_147_483_648 },
        Case("max-age=99999999999") { $0.maxAgeSeconds = 2_147_483_648 },
        Case("max-age=9999999999999999999999999999999999999999") { $0.maxAgeSeconds = 2_147_483_648 },
        // What cannot be read is the strictest that there is.
        Case("max-age") { $0.maxAgeSeconds = 0 },
        Case("max-age=") { $0.maxAgeSeconds = 0 },
        Case("max-age=-1") { $0.maxAgeSeconds = 0 },
        Case("max-age=+1") { $0.maxAgeSeconds = 0 },
        Case("max-age=1.5") { $0.maxAgeSeconds = 0 },
        Case("max-age=a") { $0.maxAgeSeconds = 0 },
        Case("max-age= 60") { $0.maxAgeSeconds = 0 },
        Case("max-age =60") { $0.maxAgeSeconds = 0 },
        Case("max-age=60 s") { $0.maxAgeSeconds = 0 },
        Case("max-age=\"60") { $0.maxAgeSeconds = 0 },
        Case("max-age='60'") { $0.maxAgeSeconds = 0 },
        Case("max-age=\u{0661}") { $0.maxAgeSeconds = 0 },
        Case("min-fresh=x") { $0.minFreshSeconds = CacheDirectives.secondsMax },
        Case("min-fresh") { $0.minFreshSeconds = CacheDirectives.secondsMax },
        Case("max-stale=x") { $0.maxStaleSeconds = 0 },
        Case("stale-if-error") { $0.staleIfErrorSeconds = 0 },
        // A flag keeps its meaning.
        Case("no-cache=\"set-cookie\"") { $0.noCache = true },
        Case("no-store=0") { $0.noStore = true },
        Case("only-if-cached foo") { $0.onlyIfCached = true },
        // Directives of answers, unknown ones, and what only looks like one.
        Case("no-transform"), Case("private, s-maxage=1, must-revalidate"), Case("no-cached"), Case("nocache"),
        Case("x-no-cache"), Case(""), Case(","), Case("="), Case("=no-cache"), Case("\"no-cache\""),
        Case("foo=\"a, no-store, b\""), Case("foo=\"a\\\", no-store\""), Case("foo=\"no-store"), Case("no-\u{441}ache"),
        Case("foo=\"a\" \"b, no-cache\""),
        Case("foo=\"a, no-store\", no-cache") { $0.noCache = true },
        Case("foo=bar;max-age=1, no-cache") { $0.noCache = true },
    ]

    @Test("is read", arguments: cases)
    func reading(sample: Case) {
        let found = CacheDirectives(cacheControl: sample.fields, pragma: [])
        #expect(found == (sample.expected == CacheDirectives() ? nil : sample.expected))
    }

    @Test("Pragma counts where there is no Cache-Control")
    func pragma() {
        #expect(CacheDirectives(cacheControl: [], pragma: ["no-cache"])?.noCache == true)
        #expect(CacheDirectives(cacheControl: [], pragma: ["foo, No-Cache"])?.noCache == true)
        #expect(CacheDirectives(cacheControl: [], pragma: ["no-store, max-age=0"]) == nil)
        #expect(CacheDirectives(cacheControl: ["max-age=1"], pragma: ["no-cache"])?.noCache == false)
    }

    @Test("any bytes are read in one pass, and twice the same")
    func anyBytes() {
        let alphabet = Array("no-cachestrmxgfilyud0129=,\"\\ \t;\u{80}é".unicodeScalars)
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<(state % 40) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let once = CacheDirectives(cacheControl: [String(text)], pragma: [])
            #expect(CacheDirectives(cacheControl: [String(text), String(text)], pragma: []) == once)
            #expect((0...CacheDirectives.secondsMax).contains(once?.maxAgeSeconds ?? 0))
        }
    }
}
