import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Errors in OpenAI's form, on OpenAI's calls alone.
@Suite struct OpenAIErrorTests {
    private static let routes: [(Route, String)] = [
        (.responses, #""input":"q""#), (.chatCompletions, #""messages":[{"role":"user","content":"q"}]"#),
    ]

    private static func error(_ response: Response) throws -> JSONValue {
        guard case .json = response.content else {
            Issue.record("the error is not application/json")
            return .null
        }
        return try JSONParser.parse(response.content.bytes)
    }

    @Test("a refused member is named, and the problem's members stand beside")
    func refused() async throws {
        for (route, question) in Self.routes {
            let harness = Harness(flows: ["faq": .cached()])
            let response = await harness.send(ByteBuffer(string: #"{"model":"faq",\#(question),"n":2}"#), to: route)
            #expect(response.status == 400)
            let body = try Self.error(response)
            let error = try #require(body["error"])
            #expect(
                error["message"]?.string?.text
                    == #""n" is not supported: a run gives one answer. Send 1, or ask several times."#
            )
            #expect(error["type"]?.string?.text == "invalid_request_error")
            #expect(error["code"]?.string?.text == "invalid_field")
            #expect(error["param"]?.string?.text == "n")
            #expect(body["type"]?.string?.text == "urn:ambassador:problem:invalid_field")
            #expect(body["title"]?.string?.text == "Invalid field")
            #expect(body["status"]?.count == 400)
            #expect(body["trace_id"]?.string?.text.count == 32)
        }
    }

    @Test("a failing flow's own message is what clients show")
    func failing() async throws {
        for (route, question) in Self.routes {
            let harness = Harness(flows: ["faq": .cached()])
            harness.upstream.follow(ScriptedUpstream.status(500, #"{"detail":"no such model"}"#))
            let response = await harness.send(ByteBuffer(string: #"{"model":"faq",\#(question)}"#), to: route)
            #expect(response.status == 500)
            let error = try Self.error(response)["error"]
            #expect(error?["message"]?.string?.text == "The AI service failed: no such model")
            #expect(error?["type"]?.string?.text == "server_error")
            #expect(error?["code"]?.string?.text == "upstream_failed")
        }
    }

    @Test("LangFlow's own 4xx has its message, and no session of anybody's")
    func rejected() async throws {
        for (route, question) in Self.routes {
            let harness = Harness(flows: ["faq": .cached()])
            harness.upstream.follow(ScriptedUpstream.status(404, #"{"detail":"Flow identifier faq not found"}"#))
            let response = await harness.send(ByteBuffer(string: #"{"model":"faq",\#(question)}"#), to: route)
            #expect(response.status == 404)
            let error = try Self.error(response)["error"]
            #expect(error?["message"]?.string?.text == "Flow identifier faq not found")
            #expect(error?["code"]?.string?.text == "model_not_found")
        }
    }

    @Test("an unknown flow, an unknown caller and a limit have OpenAI's codes")
    func codes() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let unknown = await harness.send(ByteBuffer(string: #"{"model":"other","input":"q"}"#), to: .responses)
        #expect(unknown.status == 404)
        #expect(try Self.error(unknown)["error"]?["code"]?.string?.text == "model_not_found")
        let stranger = Refusal(.unauthenticated, "Who?")
        let head = RefusedHead(traceID: .random(), route: .responses, errorForm: .openAI, receivedAt: harness.clock.now)
        let refused = await harness.ambassador.refuse(stranger, of: head).response
        #expect(try Self.error(refused)["error"]?["code"]?.string?.text == "invalid_api_key")
        #expect(try Self.error(refused)["error"]?["type"]?.string?.text == "authentication_error")
        let body = OpenAIError.body(Refusal(.rateLimited, "Too many.", detail: "Wait."), traceID: .random())
        #expect(try JSONParser.parse(body)["error"]?["message"]?.string?.text == "Too many. Wait.")
        #expect(try JSONParser.parse(body)["error"]?["code"]?.string?.text == "rate_limit_exceeded")
    }

    @Test("LangFlow's own dialect keeps problem documents")
    func langFlows() async {
        let harness = Harness(flows: ["faq": .cached()])
        let response = await harness.send(ByteBuffer(string: #"{"model":"faq"}"#), to: .langFlowResponses)
        #expect(response.status == 400)
        guard case .problem = response.content else {
            Issue.record("not a problem document")
            return
        }
    }
}
