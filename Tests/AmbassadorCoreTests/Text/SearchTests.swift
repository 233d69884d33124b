import AmbassadorCore
import AmbassadorTesting
import Testing

@Suite("Search in bytes")
struct SearchTests {
    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        text.withUnsafeBytes { text in part.withUnsafeBytes { text.contains($0) } }
    }

    @Test(
        "parts are found, and nothing else",
        arguments: [
            ("", "", true), ("a", "", true), ("", "a", false), ("a", "a", true), ("ab", "b", true), ("ab", "ba", false),
            ("aab", "ab", true), ("aaaaaaab", "aaab", true), ("aaaaaaaa", "aaab", false), ("abc", "abcd", false),
        ]
    )
    func parts(text: String, part: String, isThere: Bool) {
        #expect(Self.contains(Array(text.utf8), Array(part.utf8)) == isThere)
    }

    @Test("texts of two letters, in which most places nearly match, are searched as place by place")
    func agrees() {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<3_000 {
            let length = Int.random(in: 0...200, using: &random)
            let text = (0..<length).map { _ in UInt8.random(in: 0...9, using: &random) == 0 ? UInt8(98) : 97 }
            let part = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                UInt8.random(in: 0...9, using: &random) == 0 ? UInt8(98) : 97
            }
            let expected = part.isEmpty || text.indices.contains { text[$0...].starts(with: part) }
            #expect(Self.contains(text, part) == expected, "\(text) \(part)")
        }
    }

    @Test("a text of one letter and a part that ends with another are searched to the end")
    func worst() {
        let text = [UInt8](repeating: 97, count: 4 << 20)
        let part = [UInt8](repeating: 97, count: 1_023) + [98]
        #expect(!Self.contains(text, part))
        #expect(Self.contains(text + [98], part))
    }
}
