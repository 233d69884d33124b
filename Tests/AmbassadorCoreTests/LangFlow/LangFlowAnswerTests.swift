import AmbassadorCore
import NIOCore
import Testing

@Suite("LangFlow answer")
struct LangFlowAnswerTests {
    private static func session(_ name: String) throws -> UpstreamSessionID {
        try #require(SessionID(name)).scoped(to: .default)
    }

    private static func upstream(_ body: String, status: Int = 200, type: String = "application/json") -> UpstreamAnswer
    {
        UpstreamAnswer(status: status, contentType: type, body: ByteBuffer(string: body))
    }

    private static func read(_ body: String) throws -> LangFlowAnswer {
        try LangFlowAnswer.read(Self.upstream(body), session: Self.session("s"))
    }

    /// The answer as a caller gets it.
    private static func spliced(_ answer: Answer, _ session: String) throws -> ByteBuffer {
        var escaped = ByteBuffer()
        try #require(SessionID(session)).escaped.write(into: &escaped)
        let body = Array(answer.body.readableBytesView)
        var spliced = ByteBuffer()
        var start = 0
        for offset in answer.sessionOffsets {
            spliced.writeBytes(body[start..<offset])
            spliced.writeImmutableBuffer(escaped)
            start = offset
        }
        spliced.writeBytes(body[start...])
        return spliced
    }

    private static func sessions(in value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(Self.sessions)
        case .object(let members):
            members.flatMap { member in
                member.name.isEqual(to: "session_id")
                    ? [member.value.string?.text ?? "?"] : Self.sessions(in: member.value)
            }
        default: []
        }
    }

    @Test(
        "a recorded answer carries the reader's session in every place, and LangFlow's in none",
        arguments: Recorded.answers
    )
    func splices(recorded: Recorded.Answer) throws {
        let upstream = try Self.session("upstream")
        let places = recorded.body.components(of: "\"session_id\":\"\(recorded.session)\"")
        let body = places.joined(separator: "\"session_id\":\"\(upstream)\"")
        let read = try LangFlowAnswer.read(Self.upstream(body), session: upstream)
        #expect(read.answer.sessionOffsets.count == places.count - 1)
        #expect(read.answer.sessionOffsets == read.answer.sessionOffsets.sorted())
        #expect(!read.answer.body.text.contains(upstream.description))
        for session in ["mine", "\"}],\n\\", "会话", String(repeating: "x", count: 256)] {
            let spliced = try Self.spliced(read.answer, session)
            let document = try JSONParser.parse(spliced)
            #expect(!spliced.text.contains(upstream.description))
            let sessions = Self.sessions(in: document).filter { !$0.isEmpty }
            #expect(sessions == Array(repeating: session, count: places.count - 1))
        }
        #expect(try Self.spliced(read.answer, upstream.description) == ByteBuffer(string: body))
    }

    @Test(
        "the text of a recorded answer is the first output's",
        arguments: [
            (Recorded.echo, "hello"), (Recorded.session, "hello"), (Recorded.textEcho, "hello"),
            (Recorded.debug, "hello"),
            (Recorded.chinese, "如何重置密码"),
            (
                Recorded.llm,
                "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my password?\nAnswer:] in five small token pieces."
            ),
        ]
    )
    func readsText(recorded: Recorded.Answer, text: String) throws {
        let read = try Self.read(recorded.body)
        #expect(read.answer.text.text == text)
        #expect(read.storability == .storable)
    }

    @Test(
        "recorded answers without a message are passed on and not stored",
        arguments: [Recorded.emptyString, Recorded.outputComponentUnknown]
    )
    func readsEmpty(recorded: Recorded.Answer) throws {
        let read = try Self.read(recorded.body)
        #expect(read.storability == .notStorable(.empty))
        #expect(read.answer.text.readableBytes == 0)
        #expect(read.answer.body == ByteBuffer(string: recorded.body))
        #expect(read.usage == .unknown)
    }

    @Test("the text of an answer does not keep the bytes of the document in memory")
    func textIsCopied() throws {
        let padding = String(repeating: "x", count: 10_000)
        let read = try Self.read(
            #"{"outputs":[{"outputs":[{"results":{"message":{"text":"Hello"}}}]}],"padding":"\#(padding)"}"#
        )
        #expect(read.answer.text == ByteBuffer(string: "Hello"))
        #expect(read.answer.text.storageCapacity < 1_000)
    }

    @Test("the tokens of all outputs are added up")
    func readsUsage() throws {
        #expect(try Self.read(Recorded.llm.body).usage == Usage(inputTokens: 17, outputTokens: 20))
        #expect(try Self.read(Recorded.echo.body).usage == .unknown)
        let outputs = [
            #"{"results":{"message":{"text":"a","properties":{"usage":{"input_tokens":1,"output_tokens":20}}}}}"#,
            #"{"results":{"message":{"text":"a","data":{"properties":{"usage":{"input_tokens":300}}}}},"token_usage":null}"#,
            #"{"results":{"text":{"text":"a","properties":{"usage":null}}},"token_usage":{"input_tokens":4000,"output_tokens":5}}"#,
            #"{"results":{"message":{"properties":{"usage":{"input_tokens":-1,"output_tokens":1.5}}}}}"#,
            #"{"results":{"message":{"properties":{"usage":{"input_tokens":"7","output_tokens":1e4}}}}}"#,
        ]
        let body = #"{"outputs":[{"outputs":[\#(outputs.joined(separator: ","))]}]}"#
        #expect(try Self.read(body).usage == Usage(inputTokens: 4301, outputTokens: 25))
    }

    @Test("absurd token counts stay within a billion")
    func boundsUsage() throws {
        let output = #"{"results":{"message":{"text":"a","properties":{"usage":{"input_tokens":999999999999999999}}}}}"#
        let body = #"{"outputs":[{"outputs":[\#(Array(repeating: output, count: 20).joined(separator: ","))]}]}"#
        #expect(try Self.read(body).usage == Usage(inputTokens: 1_000_000_000, outputTokens: nil))
    }

    @Test(
        "the text is found wherever a client would look for it",
        arguments: [
            (#"{"results":{"message":{"text":"a"}},"outputs":{"message":{"message":"b"}}}"#, "a"),
            (#"{"results":{"message":{"text":""}},"outputs":{"message":{"message":"b"}}}"#, "b"),
            (#"{"outputs":{"message":{"message":{"text":"b"}}}}"#, "b"), (#"{"results":{"message":"c"}}"#, "c"),
            (#"{"results":{"text":{"text":"d"}}}"#, "d"), (#"{"outputs":{"text":{"message":"e"}}}"#, "e"),
            (#"{"results":{"text":"f"}}"#, "f"), (#"{"outputs":{"text":"g"}}"#, "g"),
        ]
    )
    func findsText(output: String, text: String) throws {
        let read = try Self.read(#"{"outputs":[{"outputs":[{"results":{}},\#(output)]}]}"#)
        #expect(read.answer.text.text == text)
        #expect(read.storability == .storable)
    }

    @Test(
        "answers that say that they failed or say nothing are not stored",
        arguments: [
            (#"{"results":{"message":{"text":"a","error":true}}}"#, .error),
            (#"{"results":{"message":{"text":"a","data":{"error":true}}}}"#, .error),
            (#"{"results":{"message":{"text":"a","category":"error"}}}"#, .error),
            (#"{"results":{"message":{"text":"a"}}},{"results":{"text":{"text":"","error":true}}}"#, .error),
            (#"{"results":{"message":{"text":"a"}},"messages":[{"error":true}]}"#, .error), ("", .empty),
            ("{}", .empty), ("null", .empty),
            (#"{"results":{"data":{"x":1}}}"#, .empty), (#"{"results":null,"outputs":[]}"#, .empty),
            (#"{"results":{"message":{"text":7}}}"#, .empty),
        ] as [(String, LangFlowAnswer.Storability.Reason)]
    )
    func refusesToStore(output: String, reason: LangFlowAnswer.Storability.Reason) throws {
        let read = try Self.read(#"{"session_id":"s","outputs":[{"outputs":[\#(output)]}]}"#)
        #expect(read.storability == .notStorable(reason))
    }

    @Test(
        "objects of another shape are passed on and not stored",
        arguments: [
            "{}", #"{"outputs":[]}"#, #"{"outputs":{}}"#, #"{"outputs":[[]]}"#, #"{"detail":"x"}"#,
            #"{"error":{"message":"x"}}"#,
        ]
    )
    func passesOtherShapes(body: String) throws {
        let read = try Self.read(body)
        #expect(read.storability == .notStorable(.empty))
        #expect(read.answer.body.text == body)
    }

    @Test(
        "a 200 that is no JSON object is malformed",
        arguments: [
            "", "null", "[]", "\"x\"", "<html></html>", "{", "{}{}", "{\"a\":1,\"a\":2}", "\u{FEFF}{}",
            "OK",
        ]
    )
    func refusesMalformed(body: String) {
        let error = #expect(throws: UpstreamError.self) { try Self.read(body) }
        guard case .invalid = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "a 200 of another type is malformed",
        arguments: ["", "text/html", "text/plain", "text/event-stream", "application/problem+json"]
    )
    func refusesTypes(type: String) {
        #expect(throws: UpstreamError.invalid(UpstreamCause(.contentType, type))) {
            try LangFlowAnswer.read(Self.upstream(Recorded.echo.body, type: type), session: Self.session("s"))
        }
    }

    @Test(
        "other statuses are passed on with their sessions cut out and never stored",
        arguments: [201, 204, 400, 404, 422, 500]
    )
    func passesStatuses(status: Int) throws {
        let session = try Self.session("s")
        let body = "{\"detail\":\"Session \(session) not found\"}"
        let read = try LangFlowAnswer.read(Self.upstream(body, status: status, type: "text/plain"), session: session)
        #expect(read.storability == .notStorable(.status))
        #expect(read.answer.body.text == #"{"detail":"Session  not found"}"#)
        #expect(read.answer.sessionOffsets == [19])
    }

    @Test("a deep answer is read and a deeper one is malformed without a crash")
    func limitsDepth() throws {
        func body(_ depth: Int) -> String {
            "{\"x\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(try Self.read(body(511)).storability == .notStorable(.empty))
        #expect(throws: UpstreamError.self) { try Self.read(body(512)) }
        #expect(throws: UpstreamError.self) { try Self.read(body(100_000)) }
    }
}

extension String {
    /// The pieces between the places where another string stands.
    func components(of separator: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            pieces.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return pieces + [String(rest)]
    }
}
