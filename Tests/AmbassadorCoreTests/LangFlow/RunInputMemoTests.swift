import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct RunInputMemoTests {
    private func request(_ body: String, _ route: Route = .runFlow) -> Request {
        Request(head: CallHead(route: route), traceID: .random(), body: ByteBuffer(string: body), receivedAt: .now())
    }

    private func read(_ body: String) throws -> (RunInput, InputHash) {
        let input = try RunInput.parseRunFlow(ByteBuffer(string: body))
        return (
            input, InputHasher.hash(input, normalization: .exact, globalVariables: [], session: nil, form: .document)
        )
    }

    private func insert(_ body: String, into memo: RunInputMemo) throws {
        let (input, hash) = try self.read(body)
        memo.insert(input, hash, for: self.request(body))
    }

    @Test("a body is known by its bytes and its route, and by nothing less")
    func exact() throws {
        let memo = RunInputMemo()
        let body = #"{"flow_id":"faq","input":"q"}"#
        try self.insert(body, into: memo)
        #expect(memo.known(self.request(body))?.hash == (try self.read(body)).1)
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
        try self.insert(long, into: memo)
        #expect(memo.known(self.request(long)) == nil)
        for number in 0..<20_000 {
            try self.insert(body(number), into: memo)
        }
        var found = 0
        for number in 0..<20_000 {
            guard let known = memo.known(self.request(body(number))) else { continue }
            found += 1
            #expect(String(buffer: known.input.input) == "q \(number)")
        }
        #expect((1...4_096).contains(found))
    }

    @Test("bodies in the number of a FAQ's questions hardly ever push one another out")
    func keeps() throws {
        let memo = RunInputMemo()
        let bodies = (0..<1_000).map { #"{"flow_id":"faq","input":"q \#($0)"}"# }
        for body in bodies { try self.insert(body, into: memo) }
        // Each has two places of 4,096: by chance about 1 in 50 finds both taken, 1 in 8 would if there were one.
        #expect(bodies.count { memo.known(self.request($0)) != nil } > 940)
    }
}
