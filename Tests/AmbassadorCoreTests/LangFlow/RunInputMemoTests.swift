import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct RunInputMemoTests {
    private func request(_ body: String, _ route: Route = .runFlow) -> Request {
        Request(route: route, traceID: .random(), body: ByteBuffer(string: body), receivedAt: .now())
    }

    private func known(_ body: String) throws -> RunInputMemo.Known {
        let input = try RunInput.parseRunFlow(ByteBuffer(string: body))
        return .init(
            input: input,
            hash: InputHasher.hash(input, normalization: .exact, globalVariables: [], session: nil)
        )
    }

    @Test("a body is known by its bytes and its route, and by nothing less")
    func exact() throws {
        let memo = RunInputMemo()
        let body = #"{"flow_id":"faq","input":"q"}"#
        memo.insert(try self.known(body), for: self.request(body))
        #expect(memo.known(self.request(body))?.hash == (try self.known(body)).hash)
        for other in [body + " ", #"{"flow_id":"faq","input":"Q"}"#, #"{"input":"q","flow_id":"faq"}"#, ""] {
            #expect(memo.known(self.request(other)) == nil, "\(other)")
        }
        let flow = try #require(FlowName("faq"))
        #expect(memo.known(self.request(body, .langFlowRun(flow))) == nil)
    }

    @Test("a long body is read each time; as many bodies as there are never answer for one another")
    func bounded() throws {
        let memo = RunInputMemo()
        func body(_ number: Int, padding: Int = 0) -> String {
            #"{"flow_id":"faq","input":"q \#(number)"}"# + String(repeating: " ", count: padding)
        }
        let long = body(0, padding: RunInputMemo.bodyBytesMax)
        memo.insert(try self.known(long), for: self.request(long))
        #expect(memo.known(self.request(long)) == nil)
        for number in 0..<20_000 {
            memo.insert(try self.known(body(number)), for: self.request(body(number)))
        }
        var found = 0
        for number in 0..<20_000 {
            guard let known = memo.known(self.request(body(number))) else { continue }
            found += 1
            #expect(String(buffer: known.input.input) == "q \(number)")
        }
        #expect((1...4_096).contains(found))
    }
}
