import AmbassadorCore
import NIOCore
import Testing

@Suite("JSON parser's limits")
struct JSONParserLimitsTests {
    private static func nested(_ depth: Int, open: String, close: String) -> ByteBuffer {
        ByteBuffer(
            string: String(repeating: open, count: depth) + (open == "[" ? "" : "1")
                + String(repeating: close, count: depth)
        )
    }

    @Test("64 levels are read, 65 are refused", arguments: [("[", "]"), ("{\"a\":", "}")])
    func limitsDepth(open: String, close: String) throws {
        _ = try JSONParser.parse(Self.nested(64, open: open, close: close))
        for depth in [65, 512, 100_000] {
            #expect(throws: JSONError(offset: 64 * open.utf8.count, reason: .tooDeep(depthMax: 64))) {
                try JSONParser.parse(Self.nested(depth, open: open, close: close))
            }
        }
    }

    @Test("the limit can be set")
    func limitsDepthAsTold() throws {
        #expect(try JSONParser.parse(ByteBuffer(string: "1"), depthMax: 0) == .number(JSONString("1")))
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: "[]"), depthMax: 0) }
        _ = try JSONParser.parse(Self.nested(512, open: "[", close: "]"), depthMax: 512)
        #expect(throws: JSONError.self) { try JSONParser.parse(Self.nested(513, open: "[", close: "]"), depthMax: 512) }
    }

    @Test("unclosed arrays and objects are refused at any depth", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func refusesUnclosed(open: String) {
        #expect(throws: JSONError.self) {
            try JSONParser.parse(ByteBuffer(string: String(repeating: open, count: 100_000)))
        }
    }

    @Test("an object of a million members is read, and its duplicate found")
    func readsMillionMembers() throws {
        var document = ByteBuffer(string: "{\"k0\":0")
        for index in 1..<1_000_000 {
            document.writeString(",\"k\(index)\":0")
        }
        var duplicate = document
        document.writeString("}")
        guard case .object(let members) = try JSONParser.parse(document) else {
            Issue.record("not an object")
            return
        }
        #expect(members.count == 1_000_000)
        #expect(members.last?.name.text == "k999999")
        let offset = duplicate.readableBytes + 1
        duplicate.writeString(",\"k500000\":0}")
        #expect(throws: JSONError(offset: offset, reason: .duplicateMember("k500000"))) {
            try JSONParser.parse(duplicate)
        }
    }

    @Test("a name, a string and a number of a megabyte are read")
    func readsLongTokens() throws {
        let million = String(repeating: "7", count: 1_000_000)
        #expect(
            try JSONParser.parse(ByteBuffer(string: "{\"\(million)\":\"\(million)\"}"))
                == .object([JSONMember(name: JSONString(million), value: .string(JSONString(million)))])
        )
        #expect(throws: JSONError(offset: 0, reason: .numberOutOfRange)) {
            try JSONParser.parse(ByteBuffer(string: million))
        }
        _ = try JSONParser.parse(ByteBuffer(string: "0.\(million)"))
        _ = try JSONParser.parse(ByteBuffer(string: "\(million)e-999990"))
        _ = try JSONParser.parse(ByteBuffer(string: "0.\(String(repeating: "0", count: 1_000_000))1e1000000"))
    }
}
