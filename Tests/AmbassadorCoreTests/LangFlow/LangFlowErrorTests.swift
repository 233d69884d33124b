import AmbassadorCore
import NIOCore
import Testing

@Suite("LangFlow error")
struct LangFlowErrorTests {
    private static let prefix = "Error running graph: Error building Component "

    @Test(
        "the message of a recorded error is found",
        arguments: [
            (
                #"{"detail":"An API key must be passed as query or header"}"#,
                "An API key must be passed as query or header"
            ),
            (#"{"detail":"Invalid or missing API key"}"#, "Invalid or missing API key"),
            (
                #"{"detail":"Flow identifier 11111111-1111-4111-8111-111111111111 not found"}"#,
                "Flow identifier 11111111-1111-4111-8111-111111111111 not found"
            ),
            (#"{"detail":"Flow identifier no-such-flow not found"}"#, "Flow identifier no-such-flow not found"),
            (
                #"{"detail":[{"type":"json_invalid","loc":["body",25],"msg":"JSON decode error"}]}"#,
                "body > 25: JSON decode error"
            ),
            (
                #"{"detail":[{"type":"missing","loc":["body","input_request"],"msg":"Field required"},{"type":"missing","loc":["body","context"],"msg":"Field required"}]}"#,
                "body > input_request: Field required; body > context: Field required"
            ),
            (#"{"detail":"There was an error parsing the body"}"#, "There was an error parsing the body"),
            (
                #"{"detail":[{"type":"bool_parsing","loc":["query","stream"],"msg":"Input should be a valid boolean, unable to interpret input"}]}"#,
                "query > stream: Input should be a valid boolean, unable to interpret input"
            ),
            (#"{"detail":"Method Not Allowed"}"#, "Method Not Allowed"),
            (
                #"{"detail":"{\"message\":\"Error running graph: Error building Component Always Fails: \\n\\ndeliberate failure for input 'boom'\",\"traceback\":null,\"description\":null,\"code\":null,\"suggestion\":null}"}"#,
                Self.prefix + "Always Fails: deliberate failure for input 'boom'"
            ),
            (
                #"{"detail":"{\"message\":\"Error running graph: Error building Component OpenAI: \\n\\nError code: 429 - {'error': {'message': 'Rate limit reached', 'type': 'rate_limit_error', 'code': 'rate_limit_exceeded'}}\",\"traceback\":null,\"description\":null,\"code\":null,\"suggestion\":null}"}"#,
                Self.prefix
                    + "OpenAI: Error code: 429 - {'error': {'message': 'Rate limit reached', 'type': 'rate_limit_error', 'code': 'rate_limit_exceeded'}}"
            ),
            (
                #"{"detail":"{\"message\":\"Error running graph: Error building Component OpenAI: \\n\\nConnection error.\",\"traceback\":null,\"description\":null,\"code\":null,\"suggestion\":null}"}"#,
                Self.prefix + "OpenAI: Connection error."
            ),
            (
                #"{"detail":"{\"message\":\"Error running graph: Error building Component Text Input: \\n\\n1 validation error for MultilineInput\\nvalue\\n  Value error, Invalid value type <class 'NoneType'> [type=value_error, input_value=None, input_type=NoneType]\\n    For further information visit https://errors.pydantic.dev/2.13/v/value_error\",\"traceback\":null}"}"#,
                Self.prefix
                    + "Text Input: 1 validation error for MultilineInput value Value error, Invalid value type <class 'NoneType'> [type=value_error, input_value=None, input_type=NoneType] For further information visit [removed]"
            ),
            (
                #"{"detail":{"error":"Refused tweaks","code":"TWEAKS_REFUSED","message":"The field is protected and keeps the value set by the flow author.","fields":["code"]}}"#,
                "The field is protected and keeps the value set by the flow author."
            ),
            (
                #"{"detail":"If you pass an input_value to the chat input, you cannot pass a tweak with the same name."}"#,
                "If you pass an input_value to the chat input, you cannot pass a tweak with the same name."
            ),
            (#"{"detail":"Not Found"}"#, "Not Found"),
            (
                #"{"error":{"message":"Flow with id 'no-such' not found","type":"invalid_request_error","code":"flow_not_found"}}"#,
                "Flow with id 'no-such' not found"
            ),
            (
                #"{"error":{"message":"500: {\"message\":\"Error running graph: Error building Component Always Fails: \\n\\ndeliberate failure for input 'hello'\",\"traceback\":null}","type":"processing_error"}}"#,
                Self.prefix + "Always Fails: deliberate failure for input 'hello'"
            ),
            (
                #"{"detail":"Error running graph: Error building Component Always Fails: \n\ndeliberate failure for input 'hello'"}"#,
                Self.prefix + "Always Fails: deliberate failure for input 'hello'"
            ),
            (#"{"detail":"Session sess-9 not found"}"#, "Session sess-9 not found"),
            (
                #"{"detail":"The /process endpoint is deprecated and will be removed in a future version. Please use /run instead."}"#,
                "The [removed] endpoint is deprecated and will be removed in a future version. Please use [removed] instead."
            ),
        ]
    )
    func reads(body: String, message: String) {
        #expect(LangFlowError.message(from: ByteBuffer(string: body)) == message)
    }

    @Test(
        "a body without a message has none",
        arguments: [
            "", "null", "[]", "\"x\"", "{}", "<html>502 Bad Gateway</html>", #"{"detail":null}"#, #"{"detail":7}"#,
            #"{"detail":""}"#,
            #"{"detail":[]}"#, #"{"detail":{}}"#, #"{"detail":[{"loc":["x"]}]}"#, #"{"x":"y"}"#, #"{"detail":"\n\t "}"#,
            "Internal Server Error",
            #"{"detail":"a","detail":"b"}"#,
        ]
    )
    func readsNothing(body: String) {
        #expect(LangFlowError.message(from: ByteBuffer(string: body)) == nil)
    }

    @Test("nested messages end somewhere")
    func boundsNesting() {
        let body = String(repeating: #"{"detail":"#, count: 60) + "\"deep\"" + String(repeating: "}", count: 60)
        #expect(LangFlowError.message(from: ByteBuffer(string: body)) == nil)
    }
}
