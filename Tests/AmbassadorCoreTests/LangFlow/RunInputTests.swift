import AmbassadorCore
import NIOCore
import Testing

@Suite("Run input")
struct RunInputTests {
    private let session: UpstreamSessionID

    init() throws {
        self.session = try #require(SessionID("s")).scoped(to: .default)
    }

    private static func run(_ members: String) throws -> RunInput {
        try RunInput.parseRunFlow(ByteBuffer(string: #"{"flow_id":"f"\#(members)}"#))
    }

    @Test(
        "an absent input, null and an empty one are refused unless the flow can do without",
        arguments: ["", #","input":null"#, #","input":"""#]
    )
    func checksInput(members: String) throws {
        let run = try Self.run(members)
        try run.checkInput(allowsEmpty: true)
        let refusal = #expect(throws: Refusal.self) { try run.checkInput(allowsEmpty: false) }
        #expect(refusal?.kind == .invalidField)
        #expect(refusal?.message.contains("\"input\"") == true)
    }

    @Test("an input is accepted, white space included", arguments: ["x", " ", "\\u0000"])
    func acceptsInput(input: String) throws {
        try Self.run(#","input":"\#(input)""#).checkInput(allowsEmpty: false)
    }

    @Test("LangFlow is sent the canonical body")
    func writesUpstreamBody() throws {
        let small = try Self.run(#","input":"a\"\u000a\u00e9""#).upstreamBody(session: self.session)
        #expect(
            small.text
                == #"{"input_type":"chat","input_value":"a\"\né","output_type":"chat","session_id":"\#(self.session)"}"#
        )
        let full = try Self.run(
            #","tweaks":{"b":1.0,"a":{"y":[1,{"d":2,"c":1}],"x":null}},"output_component":"C\"1","output_type":"any","input_type":"text","input":"q","stream":true,"session_id":"mine""#
        ).upstreamBody(session: self.session)
        #expect(
            full.text
                == #"{"input_type":"text","input_value":"q","output_component":"C\"1","output_type":"any","session_id":"\#(self.session)","tweaks":{"a":{"x":null,"y":[1,{"c":1,"d":2}]},"b":1.0}}"#
        )
        for body in [small, full] {
            var rewritten = ByteBuffer()
            JSONWriter.write(try JSONParser.parse(body), into: &rewritten)
            #expect(rewritten == body)
        }
    }

    @Test(
        "only listed tweaks pass",
        arguments: [
            (#"{}"#, [], nil), (#"{"A":{"x":1}}"#, ["A.x"], nil), (#"{"A":{"x":1,"y":2}}"#, ["A.x", "A.y"], nil),
            (#"{"A":{}}"#, [], nil), (#"{"x":1}"#, ["x"], nil), (#"{"x":[{"y":1}]}"#, ["x"], nil),
            (#"{"A":{"x":1}}"#, [], "A.x"), (#"{"A":{"x":1}}"#, ["A", "x", "A.y", "B.x"], "A.x"),
            (#"{"A":{"x":1,"y":2}}"#, ["A.x"], "A.y"), (#"{"x":1}"#, ["A.x", ".x"], "x"),
            (#"{"x":{"y":1}}"#, ["x"], "x.y"),
            (#"{"A":{"b.c":1}}"#, ["A.b.c"], "A.b.c"), (#"{"A.b":{"c":1}}"#, ["A.b.c"], nil),
            (#"{"A.x":1}"#, ["A.x"], "A.x"),
            (#"{"":{"x":1}}"#, ["x"], ".x"), ("{\"caf\u{E9}\":{\"x\":1}}", ["cafe\u{301}.x"], "café.x"),
            ("{\"caf\u{E9}\":{\"x\":1}}", ["caf\u{E9}.x"], nil), (#"{"A":{"code":"x"}}"#, ["A.x"], "A.code"),
            (#"{"a":{"x":1}}"#, ["A.x"], "a.x"), (#"{"A":{"\u0000":1}}"#, ["A."], #"A.\u{0}"#),
        ] as [(String, Set<String>, String?)]
    )
    func checksTweaks(tweaks: String, allowed: Set<String>, refused: String?) throws {
        let run = try Self.run(#","input":"x","tweaks":\#(tweaks)"#)
        guard let refused else { return try run.checkTweaks(allowed: allowed) }
        let refusal = #expect(throws: Refusal.self) { try run.checkTweaks(allowed: allowed) }
        #expect(refusal?.kind == .forbidden)
        #expect(refusal?.message.hasPrefix("The tweak \"\(refused)\" is not allowed") == true)
    }

    @Test("a request without tweaks needs no permission")
    func checksNoTweaks() throws {
        try Self.run("").checkTweaks(allowed: [])
    }

    @Test("the parts that the hasher takes apart are all that there is")
    func storesPartsOnly() throws {
        let run = try Self.run("")
        #expect(Mirror(reflecting: run).children.count == Mirror(reflecting: run.parts).children.count)
    }
}
