import AmbassadorCore
import NIOCore
import Testing

@testable import AmbassadorHTTP

/// Which of OpenAI's calls are served under which settings, and in which form their callers read errors.
@Suite("OpenAI's routes") struct OpenAIRouteTests {
    private static func check(
        _ target: String,
        method: String = "POST",
        _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
        fields: [(name: String, value: String)] = []
    ) -> Result<RequestHead, RefusedRequest> {
        var limits = HTTPServerConfiguration()
        change(&limits)
        return RequestHead.check(
            method: method,
            target: target,
            minorVersion: 1,
            fields: [("Host", "a"), ("Content-Type", "application/json"), ("Content-Length", "2")] + fields,
            limits: limits,
            clientAddress: nil,
            receivedAt: .now()
        )
    }

    private static func route(_ result: Result<RequestHead, RefusedRequest>) -> String {
        switch result {
        case .success(let head):
            if case .call(let route) = head.endpoint { "\(route)" } else { "no call" }
        case .failure(let refused): "\(refused.refusal.status) \(refused.head.errorForm)"
        }
    }

    @Test(
        "a route is there where its setting says so",
        arguments: [
            ("/api/v1/responses", "404 problem", "responses", "langFlowResponses"),
            ("/v1/responses", "404 problem", "responses", "langFlowResponses"),
            ("/v1/chat/completions", "404 problem", "chatCompletions", "chatCompletions"),
            ("/api/v1/chat/completions", "404 problem", "chatCompletions", "chatCompletions"),
        ]
    )
    func settings(target: String, off: String, openAI: String, langFlow: String) {
        #expect(Self.route(Self.check(target)) == off)
        for (dialect, expected) in [(ResponsesDialect.openAI, openAI), (.langFlow, langFlow)] {
            let result = Self.check(target) { ($0.responses, $0.takesChatCompletions) = (dialect, true) }
            #expect(Self.route(result) == expected)
        }
    }

    @Test("an early refusal has the form that the route's callers read")
    func earlyRefusals() {
        for (target, form) in [
            ("/v1/responses", "openAI"), ("/v1/chat/completions", "openAI"), ("/run-flow", "problem"),
        ] {
            let wrongMethod = Self.check(target, method: "GET") {
                ($0.responses, $0.takesChatCompletions) = (.openAI, true)
            }
            #expect(Self.route(wrongMethod) == "405 \(form)")
            let tooLong = Self.check(target) {
                ($0.responses, $0.takesChatCompletions, $0.bodyBytesMax) = (.openAI, true, 1)
            }
            #expect(Self.route(tooLong) == "413 \(form)")
        }
    }

    @Test("X-Session-ID is read once")
    func session() throws {
        let fields: [(name: String, value: String)] = [("Host", "a"), ("x-session-id", "s")]
        #expect(try RequestFields(fields, minorVersion: 1).session == "s")
        #expect(throws: Refusal.self) { try RequestFields(fields + [("X-Session-ID", "s")], minorVersion: 1) }
        #expect(throws: Refusal.self) { try RequestFields(fields + [("Connection", "X-Session-ID")], minorVersion: 1) }
    }
}
