import AmbassadorCore
import NIOCore
import Testing

@Suite("Fallback answer")
struct FallbackAnswerTests {
    private static let texts = [
        "The assistant is away. See https://example.com/help.", "\"quoted\"\n\\", "你好 😀", "\u{2028}\0",
    ]

    private static func document(_ answer: Answer, session: String) throws -> JSONValue {
        var body = ByteBuffer()
        var start = 0
        let bytes = Array(answer.body.readableBytesView)
        for offset in answer.sessionOffsets {
            body.writeBytes(bytes[start..<offset])
            body.writeString(session)
            start = offset
        }
        body.writeBytes(bytes[start...])
        return try JSONParser.parse(body)
    }

    @Test("every client finds the text and the caller's session", arguments: texts)
    func satisfiesClients(text: String) throws {
        let input = ByteBuffer(string: "What?\n\"\\")
        let answer = FallbackAnswer.make(text: text, input: input)
        #expect(answer.text.text == text)
        #expect(answer.sessionOffsets.count == 4)
        let document = try Self.document(answer, session: "mine")
        let output = try #require(document["outputs"]?.array?.first?["outputs"]?.array?.first)
        let message = try #require(output["results"]?["message"])
        let expected = JSONValue.string(JSONString(text))
        for found in [
            message["text"], message["data"]?["text"], output["outputs"]?["message"]?["message"],
            output["artifacts"]?["message"],
            output["messages"]?.array?.first?["message"],
        ] {
            #expect(found == expected)
        }
        let session = JSONValue.string(JSONString("mine"))
        for found in [
            document["session_id"], message["session_id"], message["data"]?["session_id"],
            output["messages"]?.array?.first?["session_id"],
        ] {
            #expect(found == session)
        }
        #expect(output["outputs"]?["message"]?["type"] == .string(JSONString("text")))
        #expect(output["component_id"] == output["messages"]?.array?.first?["component_id"])
        #expect(message["error"] == .bool(false))
        #expect(document["outputs"]?.array?.first?["inputs"]?["input_value"] == .string(JSONString("What?\n\"\\")))
    }

    @Test("it has every member that LangFlow's own answer has")
    func hasLangFlowsMembers() throws {
        func names(_ value: JSONValue, _ path: String) -> Set<String> {
            switch value {
            case .array(let elements): Set(elements.flatMap { names($0, path + "[]") })
            case .object(let members):
                Set(members.flatMap { names($0.value, path + "." + $0.name.text).union([path + "." + $0.name.text]) })
            default: []
            }
        }
        let recorded = names(try JSONParser.parse(ByteBuffer(string: Recorded.echo.body)), "")
        let made = names(try Self.document(FallbackAnswer.make(text: "x", input: ByteBuffer()), session: "s"), "")
        let unknowable = recorded.subtracting(made).filter { !$0.hasSuffix(".session_metadata.graph_run_id") }
        #expect(unknowable.isEmpty)
        #expect(made.subtracting(recorded).isEmpty)
    }

    @Test("the reader of LangFlow's answers reads it")
    func isReadable() throws {
        let session = try #require(SessionID("s")).scoped(to: .default)
        let answer = FallbackAnswer.make(text: "away", input: ByteBuffer(string: "x"))
        let upstream = UpstreamAnswer(status: 200, contentType: "application/json", body: answer.body)
        let read = try LangFlowAnswer.read(upstream, session: session)
        #expect(read.answer.text.text == "away")
        #expect(read.usage == .unknown)
    }
}
