import AmbassadorCore
import NIOCore
import Testing

@Suite("Run input's parsing")
struct RunInputParsingTests {
    private static func runFlow(_ body: String) throws -> RunInput {
        try RunInput.parseRunFlow(ByteBuffer(string: body))
    }

    private static func langFlow(_ body: String) throws -> RunInput {
        try RunInput.parseLangFlowRun(
            ByteBuffer(string: body),
            flow: try #require(FlowName("faq")),
            wantsStream: false
        )
    }

    @Test("the smallest request gets LangFlow's defaults")
    func readsSmallest() throws {
        let run = try Self.runFlow(#"{"flow_id":"faq_qa","input":"How do I reset my password?"}"#)
        #expect(run.flow.description == "faq_qa")
        #expect(run.input.text == "How do I reset my password?")
        #expect(run.inputType == .chat)
        #expect(run.outputType == .chat)
        #expect(run.outputComponent == nil)
        #expect(run.tweaks == nil)
        #expect(run.session == nil)
        #expect(!run.wantsStream)
    }

    @Test("what is remembered of a request keeps nothing of its document")
    func copies() throws {
        let padding = String(repeating: " ", count: 10_000)
        let run = try Self.runFlow(
            #"{\#(padding)"flow_id":"a","input":"q","session_id":"s","output_component":"C-1","tweaks":{"A":{"x":"y"}}}"#
        )
        #expect(run.outputComponent == JSONString("C-1"))
        #expect(try #require(run.outputComponent).buffer.storageCapacity < 1_000)
        #expect(run.input.storageCapacity < 1_000)
        #expect(try #require(run.tweaks).canonical.storageCapacity < 1_000)
    }

    @Test("every member is read")
    func readsAll() throws {
        let run = try Self.runFlow(
            #"""
            {"tweaks":{"B":{"y":1.0},"A":{"x":"\u00e9"}},"stream":true,"session_id":"s\n1","output_type":"debug",
             "output_component":"ChatOutput-1","input_type":"any","input":"\u4f60好","flow_id":"0b1e1c5e-0000-4000-8000-000000000001"}
            """#
        )
        #expect(run.flow.description == "0b1e1c5e-0000-4000-8000-000000000001")
        #expect(run.input.text == "你好")
        #expect(run.inputType == .any)
        #expect(run.outputType == .debug)
        #expect(run.outputComponent == JSONString("ChatOutput-1"))
        #expect(run.tweaks?.canonical.text == #"{"A":{"x":"é"},"B":{"y":1.0}}"#)
        #expect(run.session?.description == "s\n1")
        #expect(run.wantsStream)
    }

    @Test(
        "null, and what LangFlow takes for nothing, is as good as absent",
        arguments: [
            #""session_id":null,"tweaks":null,"stream":null,"input_type":null,"output_type":null,"output_component":null"#,
            #""session_id":"","tweaks":{},"stream":false,"output_component":"""#,
        ]
    )
    func readsNothing(members: String) throws {
        let run = try Self.runFlow(#"{"flow_id":"f","input":"x",\#(members)}"#)
        #expect(run.session == nil)
        #expect(run.tweaks == nil)
        #expect(run.outputComponent == nil)
        #expect(run.inputType == .chat)
        #expect(run.outputType == .chat)
        #expect(!run.wantsStream)
    }

    @Test("LangFlow's own body is read, and what LangFlow ignores is dropped")
    func readsLangFlowRun() throws {
        let run = try Self.langFlow(
            #"""
            {"input_value":"hello","input_type":"text","output_type":"any","session_id":"s","tweaks":{},"stream":true,
             "user_id":"u","flow_id":7,"input":{"x":1},"foo":[1],"context":null}
            """#
        )
        #expect(run.flow.description == "faq")
        #expect(run.input.text == "hello")
        #expect(run.inputType == .text)
        #expect(run.outputType == .any)
        #expect(run.session?.description == "s")
        #expect(run.tweaks == nil)
        #expect(!run.wantsStream)
    }

    @Test(
        "a request that cannot be meant is refused with the field's name and with advice",
        arguments: [
            ("{}", "Missing flow_id"), (#"{"input":"x"}"#, "Missing flow_id"),
            (#"{"flow_id":null,"input":"x"}"#, "Missing flow_id"),
            (#"{"flow_id":"","input":"x"}"#, "Missing flow_id"),
            (#"{"flow_id":7}"#, #""flow_id" must be a string, not a number. Correct the field or leave it out."#),
            (
                #"{"flow_id":"a/b"}"#,
                #""flow_id" is "a/b", which is no flow's name. Send 1 to 128 characters of A-Z a-z 0-9 _ -, "#
                    + "and a UUID in lower case with its hyphens."
            ),
            (
                #"{"flow_id":"f","input":123}"#,
                #""input" must be a string, not a number. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","input":{}}"#,
                #""input" must be a string, not an object. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","input":["x"]}"#,
                #""input" must be a string, not an array. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","stream":"true"}"#,
                #""stream" must be true or false, not a string. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","tweaks":"zzz"}"#,
                #""tweaks" must be an object, not a string. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","tweaks":[]}"#,
                #""tweaks" must be an object, not an array. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","session_id":1}"#,
                #""session_id" must be a string, not a number. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","session_id":{}}"#,
                #""session_id" must be a string, not an object. Correct the field or leave it out."#
            ),
            (
                #"{"flow_id":"f","input_type":"nope"}"#,
                #""input_type" is "nope". Send one of "chat", "text", "any", or leave it out."#
            ),
            (
                #"{"flow_id":"f","input_type":"debug"}"#,
                #""input_type" is "debug". Send one of "chat", "text", "any", or leave it out."#
            ),
            (
                #"{"flow_id":"f","output_type":"Chat"}"#,
                #""output_type" is "Chat". Send one of "chat", "text", "any", "debug", or leave it out."#
            ),
            (
                #"{"flow_id":"f","output_type":""}"#,
                #""output_type" is "". Send one of "chat", "text", "any", "debug", or leave it out."#
            ),
            (
                #"{"flow_id":"f","output_component":1}"#,
                #""output_component" must be a string, not a number. Correct the field or leave it out."#
            ),
            (#"{"flowid":"f","input":"x"}"#, #"Unknown member "flowid". Did you mean "flow_id"?"#),
            (#"{"flow_id":"f","input_value":"x"}"#, #"Unknown member "input_value". Did you mean "input"?"#),
            (
                #"{"flow_id":"f","input_request":{}}"#,
                #"Unknown member "input_request". Valid are flow_id, input, session_id, tweaks, stream, input_type, output_type, output_component."#
            ),
            (
                #"{"flow_id":"f","temperature":1}"#,
                #"Unknown member "temperature". Valid are flow_id, input, session_id, "#
                    + "tweaks, stream, input_type, output_type, output_component."
            ),
            ("[]", #"The body is an array. Send a JSON object, for example {"input": "Hello"}."#),
            ("null", #"The body is null. Send a JSON object, for example {"input": "Hello"}."#),
            (#""x""#, #"The body is a string. Send a JSON object, for example {"input": "Hello"}."#),
            ("1", #"The body is a number. Send a JSON object, for example {"input": "Hello"}."#),
        ]
    )
    func refuses(body: String, message: String) {
        let refusal = #expect(throws: Refusal.self) { try Self.runFlow(body) }
        #expect(refusal?.kind == .invalidField)
        #expect(refusal?.message == message)
    }

    @Test(
        "malformed JSON is refused with its place",
        arguments: [
            ("", "The body is not valid JSON: no JSON value."),
            (
                #"{"flow_id":"f","input":"x",}"#,
                #"The body is not valid JSON: "}" at byte 27 where a member's name in double quotes was expected."#
            ),
            (#"{"input":"a","\u0069nput":"b"}"#, #"The body is not valid JSON: duplicate member "input" at byte 13."#),
        ]
    )
    func refusesMalformed(body: String, message: String) {
        #expect(throws: Refusal(.malformedJSON, message)) { try Self.runFlow(body) }
        #expect(throws: Refusal(.malformedJSON, message)) { try Self.langFlow(body) }
    }

    @Test(
        "what LangFlow would run on an empty input is refused on its own route too",
        arguments: [
            #"{"input_value":123}"#, #"{"input_value":{"a":1}}"#, #"{"input_value":"x","input_type":"nope"}"#,
            #"{"input_value":"x","output_type":"nope"}"#, #"{"input_value":"x","tweaks":"zzz"}"#,
            #"{"input_value":"x","session_id":["s"]}"#, #"{"input_request":{"input_value":"x"}}"#, "[]", "null",
            #""x""#,
        ]
    )
    func refusesSilentAcceptance(body: String) {
        let refusal = #expect(throws: Refusal.self) { try Self.langFlow(body) }
        #expect(refusal?.status == 400)
        #expect(refusal?.kind == .invalidField)
    }

    @Test("a session may have 256 bytes and not one more")
    func limitsSession() throws {
        let longest = String(repeating: "é", count: 128)
        #expect(try Self.runFlow(#"{"flow_id":"f","session_id":"\#(longest)"}"#).session?.description == longest)
        let refusal = #expect(throws: Refusal.self) {
            try Self.runFlow(#"{"flow_id":"f","session_id":"\#(longest)x"}"#)
        }
        #expect(refusal?.message == "\"session_id\" is 257 bytes long. Send at most 256 bytes.")
        #expect(refusal?.status == 400)
    }

    @Test(
        "names that Swift calls equal are not the field's",
        arguments: ["flow\u{200D}_id", "FLOW_ID", "flow_id ", "flow_id\\u0000"]
    )
    func comparesBytes(name: String) {
        let refusal = #expect(throws: Refusal.self) { try Self.runFlow(#"{"\#(name)":"f","input":"x"}"#) }
        #expect(refusal?.message.hasPrefix("Unknown member") == true)
    }

    @Test("a message never repeats more than an excerpt of what was sent")
    func boundsEcho() {
        let long = String(repeating: "x", count: 10_000)
        for body in [#"{"flow_id":"\#(long)!"}"#, #"{"\#(long)":1}"#, #"{"flow_id":"f","output_type":"\#(long)"}"#] {
            let refusal = #expect(throws: Refusal.self) { try Self.runFlow(body) }
            #expect((refusal?.message.utf8.count ?? .max) < 250)
        }
    }

    @Test("a deep body is refused without a crash", arguments: [65, 512, 100_000])
    func refusesDepth(depth: Int) {
        let body =
            #"{"flow_id":"f","tweaks":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            + "}"
        let refusal = #expect(throws: Refusal.self) { try Self.runFlow(body) }
        #expect(refusal?.kind == .malformedJSON)
    }
}
