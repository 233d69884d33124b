import NIOCore
import Testing

@testable import AmbassadorCore

/// What is read of the bodies of OpenAI's calls, and what is refused.
@Suite struct OpenAIInputTests {
    private static let earlier = #"{"role":"user","content":"a"},{"role":"assistant","content":"b"}"#

    private static func response(_ members: String, session: String? = nil) throws(Refusal) -> RunInput {
        try RunInput.parseResponses(ByteBuffer(string: #"{"model":"faq",\#(members)}"#), session: session)
    }

    private static func chat(_ members: String, session: String? = nil) throws(Refusal) -> RunInput {
        try RunInput.parseChatCompletion(ByteBuffer(string: #"{"model":"faq",\#(members)}"#), session: session)
    }

    private static func chat(messages: String, session: String? = nil) throws(Refusal) -> RunInput {
        try self.chat(#""messages":[\#(messages)]"#, session: session)
    }

    @Test(
        "the question is the text of the last message, which is the user's",
        arguments: [
            (#"{"role":"user","content":"q"}"#, "q", false),
            (#"{"type":"message","role":"user","content":"q"}"#, "q", false),
            (
                #"{"role":"user","content":[{"type":"text","text":"one"},{"type":"input_text","text":"two"}]}"#,
                "one\ntwo", false
            ),
            (#"{"role":"system","content":""},{"role":"user","content":"q"}"#, "q", false),
            (#"\#(earlier),{"role":"user","content":"q"}"#, "q", true),
            (#"{"role":"user","content":"a"},{"role":"user","content":"q"}"#, "q", true),
            (#"{"type":"reasoning","id":"rs_1","summary":[]},{"role":"user","content":"q"}"#, "q", true),
            (#"{"role":"assistant","content":null,"tool_calls":[]},{"role":"user","content":"q"}"#, "q", true),
        ]
    )
    func question(messages: String, text: String, hasEarlierTurns: Bool) throws {
        for run in [try Self.chat(messages: messages), try Self.response(#""input":[\#(messages)]"#)] {
            #expect(String(buffer: run.input) == text)
            #expect(run.openAI?.hasEarlierTurns == hasEarlierTurns)
            #expect(run.session == nil)
        }
    }

    @Test(
        "a list whose last message cannot be a question is refused, and the message is named",
        arguments: [
            (#"{"role":"system","content":"Be brief."},{"role":"user","content":"q"}"#, "[0]", "Instructions"),
            (
                #"{"role":"developer","content":[{"type":"text","text":"x"}]},{"role":"user","content":"q"}"#, "[0]",
                "Instructions"
            ),
            (#"{"role":"user","content":"q"},{"role":"assistant","content":"a"}"#, "[1]", "must be the user's"),
            (#"{"type":"function_call_output","call_id":"c","output":"o"}"#, "[0]", "must be the user's"),
            (#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}"#, "[0]", "Only parts of text"),
            (#"{"role":"user","content":[{"type":"input_image","image_url":"u"}]}"#, "[0]", "Only parts of text"),
            (#"{"role":"user","content":1}"#, "[0]", "\"content\""),
            (#"{"role":"user"}"#, "[0]", "\"content\""),
            (#""q""#, "[0]", "must be the user's"),
            ("", "", "must be the user's"),
        ]
    )
    func refusedMessages(messages: String, place: String, reason: String) throws {
        let chat = #expect(throws: Refusal.self) { try Self.chat(messages: messages) }
        #expect(chat?.field == "messages" + place)
        #expect(chat?.message.contains(reason) == true, "\(chat?.message ?? "")")
        let response = #expect(throws: Refusal.self) { try Self.response(#""input":[\#(messages)]"#) }
        #expect(response?.field == "input" + place)
        #expect(response?.kind == .invalidField)
    }

    @Test(
        "what would be ignored though it was counted on is refused with the member's name",
        arguments: [
            ("instructions", #""Be brief.""#), ("prompt", #"{"id":"p"}"#), ("tools", #"[{"type":"web_search"}]"#),
            ("tool_choice", #""required""#), ("tool_choice", #"{"type":"function"}"#), ("background", "true"),
            ("n", "2"),
            ("n", "2.0"), ("stop", #""\n""#), ("stop", #"["a"]"#), ("logprobs", "true"), ("top_logprobs", "3"),
            ("response_format", #"{"type":"json_object"}"#),
            ("response_format", #"{"type":"json_schema","json_schema":{}}"#),
            ("response_format", #""text""#), ("text", #"{"format":{"type":"json_schema"}}"#), ("text", "1"),
            ("modalities", #"["text","audio"]"#), ("audio", "{}"), ("functions", "[{}]"),
            ("function_call", #"{"name":"f"}"#),
            ("web_search_options", "{}"), ("moderation", #"{"model":"m"}"#),
        ]
    )
    func refusedMembers(name: String, value: String) throws {
        let member = #""\#(name)":\#(value)"#
        for refusal in [
            #expect(throws: Refusal.self) { try Self.response(#""input":"q",\#(member)"#) },
            #expect(throws: Refusal.self) { try Self.chat(#""messages":[{"role":"user","content":"q"}],\#(member)"#) },
        ] {
            #expect(refusal?.kind == .invalidField)
            #expect(refusal?.field == name)
            #expect(refusal?.message.hasPrefix("\"\(name)\" is not supported: ") == true)
        }
    }

    @Test("what tunes a model, labels or asks for what happens anyway is ignored")
    func ignored() throws {
        let harmless =
            #""temperature":0.2,"top_p":1,"max_tokens":5,"max_completion_tokens":5,"max_output_tokens":5,"seed":1,"store":true,"#
            + #""metadata":{"a":"b"},"reasoning":{"effort":"low"},"reasoning_effort":"low","service_tier":"auto","#
            + #""parallel_tool_calls":true,"presence_penalty":0,"frequency_penalty":0,"logit_bias":{},"include":[],"#
            + #""truncation":"auto","prompt_cache_key":"k","safety_identifier":"s","verbosity":"low","an_unknown_one":{},"#
            + #""tools":[],"tool_choice":"auto","n":1,"stop":null,"instructions":null,"background":false,"logprobs":false,"#
            + #""response_format":{"type":"text"},"text":{"format":{"type":"text"},"verbosity":"low"},"modalities":["text"]"#
        #expect(String(buffer: try Self.response(#""input":"q",\#(harmless)"#).input) == "q")
        let chat = try Self.chat(#""messages":[{"role":"user","content":"q"}],\#(harmless)"#)
        #expect(String(buffer: chat.input) == "q")
        #expect(chat.tweaks == nil)
    }

    @Test("the session: the body's own, else the header's, else the user's")
    func session() throws {
        let digits = String(repeating: "0a", count: 16)
        let message = #""messages":[{"role":"user","content":"q"}]"#
        #expect(try Self.chat(message).session == nil)
        #expect(try Self.chat(message + #","user":"u""#).session?.description == "u")
        #expect(try Self.chat(message + #","user":"u""#, session: "h").session?.description == "h")
        #expect(try Self.response(#""input":"q","user":"u""#, session: "h").session?.description == "h")
        let id = #""input":"q","user":"u","previous_response_id":"#
        #expect(try Self.response(id + #""resp_\#(digits)_s_1""#, session: "h").session?.description == "s_1")
        #expect(try Self.response(id + #""mine""#).session?.description == "mine")
        #expect(try Self.response(id + #""resp_\#(digits)_""#).session?.description == "resp_\(digits)_")
        #expect(try Self.response(id + #""resp_short_s""#).session?.description == "resp_short_s")
        #expect(try Self.response(id + #""""#, session: "h").session?.description == "h")
        #expect(try Self.response(#""input":"q","conversation":"c""#, session: "h").session?.description == "c")
        #expect(try Self.response(#""input":"q","conversation":{"id":"c"}"#).session?.description == "c")
    }

    @Test(
        "what is not in order is refused with the member's name",
        arguments: [
            (#"{"input":"q"}"#, "model"), (#"{"model":"a b","input":"q"}"#, "model"),
            (#"{"model":1,"input":"q"}"#, "model"),
            (#"{"model":"faq","input":1}"#, "input"), (#"{"model":"faq","input":{}}"#, "input"),
            (#"{"model":"faq","input":"q","stream":1}"#, "stream"),
            (#"{"model":"faq","input":"q","tweaks":[]}"#, "tweaks"),
            (#"{"model":"faq","input":"q","user":1}"#, "user"),
            (#"{"model":"faq","input":"q","conversation":{}}"#, "conversation"),
            (#"{"model":"faq","input":"q","conversation":"c","previous_response_id":"p"}"#, "conversation"),
            (#"{"model":"faq","input":"q","previous_response_id":7}"#, "previous_response_id"),
        ]
    )
    func refusedResponse(body: String, field: String) {
        let refusal = #expect(throws: Refusal.self) {
            try RunInput.parseResponses(ByteBuffer(string: body), session: nil)
        }
        #expect(refusal?.field == field)
    }

    @Test(
        "chat completions need a list of messages",
        arguments: [
            (#"{"model":"faq"}"#, "messages"), (#"{"model":"faq","messages":"q"}"#, "messages"),
            (#"{"model":"faq","messages":[{"role":"user","content":"q"}],"stream_options":1}"#, "stream_options"),
        ]
    )
    func refusedChat(body: String, field: String) {
        let refusal = #expect(throws: Refusal.self) {
            try RunInput.parseChatCompletion(ByteBuffer(string: body), session: nil)
        }
        #expect(refusal?.field == field)
    }

    @Test("a session is 1 to 256 bytes wherever it is named")
    func longSession() throws {
        let longest = String(repeating: "x", count: 256)
        #expect(
            try Self.chat(messages: #"{"role":"user","content":"q"}"#, session: longest).session?.description == longest
        )
        let refusal = #expect(throws: Refusal.self) {
            try Self.chat(messages: #"{"role":"user","content":"q"}"#, session: longest + "x")
        }
        #expect(refusal?.field == "X-Session-ID")
    }

    @Test("tweaks are LangFlow's own, and part of what is asked")
    func tweaks() throws {
        #expect(
            try Self.response(#""input":"q","tweaks":{"A":{"b":1}}"#).tweaks?.canonical
                == ByteBuffer(string: #"{"A":{"b":1}}"#)
        )
    }
}
