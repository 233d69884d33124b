import AmbassadorCore
import Testing

@Suite("Flow name")
struct FlowNameTests {
    @Test(
        "endpoint names and canonical UUIDs are names",
        arguments: [
            "a", "faq_qa", "FAQ-1", "_", "-", "0", "0b1e1c5e-0000-4000-8000-000000000001", "abcdef0123456789",
            "g0b1e1c5e00004000800000000000000",
            String(repeating: "x", count: 128), "0b1e1c5e-0000-4000-8000-00000000000", "dead-beef",
        ]
    )
    func accepts(name: String) {
        #expect(FlowName(name)?.description == name)
    }

    @Test(
        "other spellings of a UUID and other bytes are no names",
        arguments: [
            "", " ", "a b", "a/b", "a.b", "..", "a%2fb", "a\\b", "a;b", "a#b", "a?b", "a\0", "a\n", "é", "ａ",
            "\u{212A}", "a\u{200B}",
            "{0b1e1c5e-0000-4000-8000-000000000001}", "urn:uuid:0b1e1c5e-0000-4000-8000-000000000001",
            "0b1e1c5e000040008000000000000001",
            "0B1E1C5E-0000-4000-8000-000000000001", "0b1e1c5E-0000-4000-8000-000000000001",
            "0b1e1c5e0-000-4000-8000-000000000001",
            "0b1e-1c5e-0000-4000-8000-0000-0000-0001", "-0b1e1c5e000040008000000000000001",
            String(repeating: "x", count: 129),
        ]
    )
    func refuses(name: String) {
        #expect(FlowName(name) == nil)
    }

    @Test("bytes that are not UTF-8 are no name")
    func refusesBytes() {
        #expect(FlowName([0x61, 0xFF]) == nil)
        #expect(FlowName([0xC1, 0xA1]) == nil)
    }
}
