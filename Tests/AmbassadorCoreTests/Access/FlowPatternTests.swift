import AmbassadorCore
import Testing

@Suite("Flow pattern")
struct FlowPatternTests {
    @Test(
        "matches a name as a whole",
        arguments: [
            ("faq_qa", "faq_qa", true), ("faq_qa", "faq_q", false), ("faq_qa", "faq_qaa", false),
            ("faq_qa", "FAQ_QA", false),
            ("*", "x", true), ("faq_*", "faq_", true), ("faq_*", "faq_qa", true), ("faq_*", "my_faq_qa", false),
            ("*_qa", "faq_qa", true), ("*_qa", "faq_qa_2", false), ("a*b*c", "abc", true), ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1c2b", false), ("**", "x", true), ("a*a", "a", false), ("a*a", "aa", true),
        ]
    )
    func matches(_ pattern: String, _ name: String, _ matches: Bool) throws {
        let pattern = try #require(FlowPattern(pattern))
        let name = try #require(FlowName(name))
        #expect(pattern.matches(name) == matches)
    }

    @Test(
        "refuses what is no pattern",
        arguments: [
            "", "a b", "a/b", "faq.*", "é*", "*********", String(repeating: "a", count: 129),
            "0B1E0000-0000-4000-8000-000000000000",
        ]
    )
    func refuses(_ text: String) {
        #expect(FlowPattern(text) == nil)
    }

    @Test("many stars against a long name end soon")
    func endsSoon() throws {
        let pattern = try #require(FlowPattern("*a*a*a*a*a*a*ab"))
        let name = try #require(FlowName(String(repeating: "a", count: 128)))
        #expect(!pattern.matches(name))
    }
}
