import AmbassadorCore
import Testing

@Suite("What a trace hands on")
struct TraceContextTests {
    private static func state(_ lines: String...) -> String {
        TraceContext(flags: 1, state: lines.map { $0.utf8 }).state
    }

    @Test(
        "the flags that are known are kept, others are zero",
        arguments: [(0, 0), (1, 1), (2, 2), (3, 3), (0xFF, 3), (8, 0)]
    )
    func flags(sent: UInt8, kept: UInt8) {
        #expect(TraceContext(flags: sent, state: [[UInt8]]()).flags == kept)
        let digits = String(sent >> 4, radix: 16) + String(sent & 15, radix: 16)
        let parent = TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\(digits)".utf8)
        #expect(parent?.flags == sent)
    }

    @Test("a state is handed on as it came, its lines as one")
    func kept() {
        #expect(Self.state() == "")
        #expect(Self.state("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE") == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
        #expect(Self.state("a=1", "b=2,c=3") == "a=1,b=2,c=3")
        #expect(Self.state(" a=1 ,\t, b=2 3\t,") == "a=1,b=2 3")
        #expect(Self.state("0t@a_b-*/=!~:;") == "0t@a_b-*/=!~:;")
    }

    @Test(
        "one that cannot be read is dropped as a whole",
        arguments: [
            "a", "a=", "=1", "A=1", "a b=1", "a=1=2", "@a=1", "a=\u{E9}", "a=1\u{1}", "a=1,b",
            String(repeating: "k", count: 257) + "=1", "a=" + String(repeating: "v", count: 257),
            (0...32).map { "k\($0)=v" }.joined(separator: ","),
        ]
    )
    func dropped(line: String) {
        #expect(Self.state(line) == "")
    }

    @Test("of a long one the large members go first, then the last ones")
    func shortened() {
        let (small, large) = ("v=" + String(repeating: "s", count: 98), "w=" + String(repeating: "l", count: 200))
        #expect(Self.state("a=1,\(large),\(small)", "\(large),z=9") == "a=1,\(large),\(small),z=9")
        let members = (0..<8).map { "k\($0)=" + String(repeating: "s", count: 97) }
        #expect(Self.state(members.joined(separator: ",")) == members.prefix(5).joined(separator: ","))
    }
}
