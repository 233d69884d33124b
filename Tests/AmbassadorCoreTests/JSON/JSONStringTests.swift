import AmbassadorCore
import Testing

@Suite("JSON string")
struct JSONStringTests {
    @Test("two spellings that Swift calls equal are two strings")
    func comparesBytes() {
        let composed = JSONString("caf\u{E9}")
        let decomposed = JSONString("cafe\u{301}")
        #expect("caf\u{E9}" == "cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, composed]).count == 2)
        #expect(composed.isEqual(to: "caf\u{E9}"))
        #expect(!composed.isEqual(to: "cafe\u{301}"))
    }

    @Test(
        "the order is that of the code points",
        arguments: [("", "a"), ("a", "b"), ("a", "aa"), ("Z", "a"), ("z", "é"), ("\u{FFFF}", "\u{10000}")]
    )
    func orders(left: String, right: String) {
        #expect(JSONString(left) < JSONString(right))
        #expect(!(JSONString(right) < JSONString(left)))
        #expect(!(JSONString(left) < JSONString(left)))
    }

    @Test("a literal is equal in full only", arguments: ["", "inpu", "inputs", "Input", "input\0"])
    func comparesLiterals(text: String) {
        #expect(!JSONString(text).isEqual(to: "input"))
        #expect(JSONString("input").isEqual(to: "input"))
    }
}
