import AmbassadorCore
import Testing

@Suite("Session id")
struct SessionIDTests {
    @Test(
        "1 to 256 bytes are a session",
        arguments: ["a", " ", "\0", "会话", String(repeating: "x", count: 256), String(repeating: "é", count: 128)]
    )
    func accepts(text: String) {
        #expect(SessionID(text)?.description == text)
    }

    @Test(
        "nothing and too much are none",
        arguments: ["", String(repeating: "x", count: 257), String(repeating: "é", count: 129)]
    )
    func refuses(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test("LangFlow's id depends on tenant and session, byte for byte, and on where one ends and the other begins")
    func scopes() throws {
        let tenants = try ["a", "ab", "b", "default"].map { try #require(TenantID($0.utf8)) }
        let sessions = try ["a", "b", "ab", "bc", "\u{E9}", "e\u{301}", "A"].map { try #require(SessionID($0)) }
        let scoped = tenants.flatMap { tenant in sessions.map { $0.scoped(to: tenant).description } }
        #expect(Set(scoped.map { Array($0.utf8) }).count == tenants.count * sessions.count)
        #expect(scoped == tenants.flatMap { tenant in sessions.map { $0.scoped(to: tenant).description } })
    }

    @Test("LangFlow's id and a fresh one are UUIDs of version 8")
    func formsUUIDs() throws {
        let scoped = try #require(SessionID("s")).scoped(to: .default).description
        for uuid in [scoped, SessionID.fresh().description] {
            let groups = uuid.split(separator: "-", omittingEmptySubsequences: false)
            #expect(groups.map(\.count) == [8, 4, 4, 4, 12])
            #expect(uuid.utf8.allSatisfy { $0 == UInt8(ascii: "-") || HexDigits.value(ofLowercase: $0) != nil })
            #expect(groups[2].first == "8")
            #expect("89ab".contains(try #require(groups[3].first)))
        }
    }

    @Test("10,000 fresh sessions differ")
    func isFresh() {
        #expect(Set((0..<10_000).map { _ in SessionID.fresh().description }).count == 10_000)
    }

    @Test("a flow's own session is its target")
    func takesFlow() throws {
        #expect(SessionID.ofFlow(try #require(FlowName("faq"))).description == "faq")
    }
}
