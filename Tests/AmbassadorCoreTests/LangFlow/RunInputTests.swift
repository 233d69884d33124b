import AmbassadorCore
import AmbassadorTesting
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
            (#"{"A.x":1}"#, ["A.x"], "A.x"), (#"{"A":{"x":{}}}"#, [], "A.x"), (#"{"A":{},"B":{"x":1}}"#, [], "B.x"),
            (#"{"A":null}"#, [], "A"), (#"{"A":[]}"#, [], "A"), (#"{"A":{"x":1},"y":2}"#, ["*"], nil),
            (#"{"A":{"b.c":1}}"#, ["*"], nil), (#"{"File-1":{"x":1,"y.z":2}}"#, ["File-1.*"], nil),
            (#"{"File-12":{"x":1}}"#, ["File-1.*"], "File-12.x"), (#"{"x":1}"#, ["File-1.*", "*.x"], "x"),
            (#"{"Prompt-a":{"template":1},"Prompt-b":{"template":1}}"#, ["Prompt-*.template"], nil),
            (#"{"Prompt-a":{"code":1}}"#, ["Prompt-*.template"], "Prompt-a.code"),
            (#"{"A":{"temperature":1},"B":{"temperature":1}}"#, ["*.temperature"], nil),
            (#"{"A":{"seconds":1}}"#, ["seconds"], "A.seconds"), (#"{"GPT 4.1":{"x":1}}"#, ["GPT 4.1.x"], nil),
            (#"{"":{"x":1}}"#, ["x"], ".x"), ("{\"caf\u{E9}\":{\"x\":1}}", ["cafe\u{301}.x"], "café.x"),
            ("{\"caf\u{E9}\":{\"x\":1}}", ["caf\u{E9}.x"], nil), (#"{"A":{"code":"x"}}"#, ["A.x"], "A.code"),
            (#"{"a":{"x":1}}"#, ["A.x"], "a.x"), (#"{"A":{"\u0000":1}}"#, ["A."], #"A.\u{0}"#),
        ] as [(String, Set<String>, String?)]
    )
    func checksTweaks(tweaks: String, allowed: Set<String>, refused: String?) throws {
        let run = try Self.run(#","input":"x","tweaks":\#(tweaks)"#)
        let allowed = Set(allowed.compactMap { TweakPattern($0) })
        guard let refused else { return try run.checkTweaks(allowed: allowed) }
        let refusal = #expect(throws: Refusal.self) { try run.checkTweaks(allowed: allowed) }
        #expect(refusal?.kind == .forbidden)
        #expect(refusal?.message.hasPrefix("The tweak \"\(refused)\" is not allowed") == true)
    }

    @Test("what LangFlow's own snippets send for components that they leave as they are is no tweak")
    func emptyComponents() throws {
        let snippet = #","input":"q","tweaks":{"ChatInput-2dFP4": {}, "Prompt-sSYWc": {}}"#
        let run = try Self.run(snippet)
        #expect(run.tweaks == nil)
        let plain = try Self.run(#","input":"q""#)
        #expect(run.upstreamBody(session: self.session) == plain.upstreamBody(session: self.session))
        let mixed = try Self.run(#","input":"q","tweaks":{"A":{},"B":{"x":1}}"#)
        #expect(mixed.tweaks?.canonical.text == #"{"B":{"x":1}}"#)
    }

    @Test(
        "a field's value may be changed, and no other attribute by which LangFlow would read its stored variables",
        arguments: [
            (#"{"A":{"x":{"value":1}}}"#, ["A.x"], nil), (#"{"A":{"x":[{"load_from_db":true}]}}"#, ["A.x"], nil),
            (#"{"A":{"x":{"value":"K","load_from_db":true}}}"#, ["A.x"], "load_from_db"),
            (#"{"A":{"x":{"load_from_db":false}}}"#, ["*"], "load_from_db"),
            (#"{"A":{"x":{"advanced":true,"value":1}}}"#, ["A.*"], "advanced"),
            (#"{"A":{"x":{"advanced":true}}}"#, ["*"], nil), (#"{"A":{"x":{}}}"#, ["A.x"], nil),
        ] as [(String, Set<String>, String?)]
    )
    func attributes(tweaks: String, allowed: Set<String>, refused: String?) throws {
        let run = try Self.run(#","input":"x","tweaks":\#(tweaks)"#)
        let allowed = Set(allowed.compactMap { TweakPattern($0) })
        guard let refused else { return try run.checkTweaks(allowed: allowed) }
        let refusal = #expect(throws: Refusal.self) { try run.checkTweaks(allowed: allowed) }
        #expect(refusal?.kind == .forbidden)
        #expect(refusal?.message.hasPrefix("The tweak \"A.x\" sets \"\(refused)\"") == true)
    }

    @Test("a refusal tells whoever listed a lone field for a component's what is wrong")
    func loneField() throws {
        let run = try Self.run(#","input":"q","tweaks":{"SlowEcho-slow":{"seconds":1}}"#)
        let refusal = #expect(throws: Refusal.self) { try run.checkTweaks(allowed: ["seconds"]) }
        #expect(refusal?.message.hasSuffix("the lone name of a field stands for tweaks at the top level only.") == true)
    }

    @Test("no more fields are looked at than the limit")
    func manyFields() throws {
        func run(_ count: Int) throws -> RunInput {
            let fields = (0..<count).map { "\"f\($0)\":0" }.joined(separator: ",")
            return try Self.run(#","input":"q","tweaks":{"A":{\#(fields)}}"#)
        }
        try run(Tweaks.fieldsMax).checkTweaks(allowed: ["A.*"])
        let refusal = try #require(
            #expect(throws: Refusal.self) { try run(Tweaks.fieldsMax + 1).checkTweaks(allowed: ["A.*"]) }
        )
        #expect(refusal.kind == .invalidField)
    }

    @Test(
        "what is no pattern is none",
        arguments: ["", " ", "a*b", "*a.x", "A.x*y", "**", ".x", "A.", "A.b\u{7F}", String(repeating: "a", count: 129)]
    )
    func noPattern(text: String) {
        #expect(TweakPattern(text) == nil)
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
