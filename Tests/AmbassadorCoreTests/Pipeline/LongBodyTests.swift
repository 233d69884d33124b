import AmbassadorTesting
import Dispatch
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("Requests with long bodies")
struct LongBodyTests {
    private static let longInput = String(repeating: "a", count: LongWork.bytesOnLoopMax)

    private static func body(_ text: String) -> ByteBuffer {
        ByteBuffer(string: #"{"flow_id":"faq","input":"\#(text)"}"#)
    }

    private static func request(_ body: ByteBuffer, to route: Route = .runFlow) -> Request {
        Request(
            head: CallHead(route: route),
            traceID: .random(),
            body: body,
            clientAddress: "192.0.2.1",
            receivedAt: .now()
        )
    }

    @Test("a long body is read after the loop has gone on, a short one at once")
    func places() async {
        let harness = Harness(flows: ["faq": .cached { $0.normalize = .text }])
        #expect(await harness.ask("short").status == 200)
        guard case .answered(let hit) = harness.ambassador.decide(Self.request(Self.body("short"))) else {
            Issue.record("a short hit is answered at once")
            return
        }
        #expect(hit.status == 200)
        #expect(await harness.ask(Self.longInput).status == 200)
        guard case .pending(let wait) = harness.ambassador.decide(Self.request(Self.body(Self.longInput))) else {
            Issue.record("a long hit was read on the loop")
            return
        }
        #expect(await wait().cacheStatusText?.contains("hit") == true)
        #expect(harness.upstream.calls.count == 2)
    }

    @Test("whatever a long body says is answered as a short one's is")
    func answers() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let long = Self.longInput
        let cases: [(String, Route, Int)] = [
            (#"{"flow_id":"faq","input":"\#(long)"}"#, .runFlow, 200),
            (#"{"flow_id":"other","input":"\#(long)"}"#, .runFlow, 404),
            (#"{"flow_id":"faq","input":"\#(long)""#, .runFlow, 400),
            (#"{"flow_id":"faq","input":"q","tweaks":{"\#(long)":1}}"#, .runFlow, 403),
            (#"{"flow_id":"faq","input":["\#(long)"]}"#, .runFlow, 400),
            (
                #"{"input_value":"q","more":[\#(String(repeating: "0,", count: long.utf8.count))0]}"#,
                .langFlowRun(try #require(FlowName("faq"))), 200
            ),
            (#"{"input_value":"\#(long)"}"#, .langFlowRun(try #require(FlowName("other"))), 404),
        ]
        for (body, route, status) in cases {
            let response = await harness.send(ByteBuffer(string: body), to: route)
            #expect(response.status == status, "\(body.prefix(80))")
        }
        #expect(harness.audit.records.map(\.status) == cases.map(\.2))
    }

    @Test("limits are asked before a long body is read, and their tokens are spent whatever it says")
    func limits() async throws {
        let limit = try RateLimit(name: "all", by: [.principal], rate: Rate(count: 2, periodSeconds: 60))
        let harness = Harness(flows: ["faq": .cached()], limits: [limit])
        let malformed = ByteBuffer(string: "{" + Self.longInput)
        for _ in 0..<2 { #expect(await harness.send(malformed).status == 400) }
        let refused = await harness.send(malformed)
        #expect(refused.status == 429)
        #expect(refused.limit?.remaining == 0)
        #expect(harness.audit.records.map(\.errorKind) == [.malformedJSON, .malformedJSON, .rateLimited])
    }

    @Test("a limit that depends on the flow is asked once the flow is known, and each limit once")
    func limitsByFlow() async throws {
        let byFlow = try RateLimit(name: "flow", by: [.flow], rate: Rate(count: 3, periodSeconds: 60))
        let byTenant = try RateLimit(name: "tenant", by: [.tenant], rate: Rate(count: 5, periodSeconds: 60))
        let harness = Harness(flows: ["faq": .cached(), "news": .cached()], limits: [byFlow, byTenant])
        var states: [Int?] = []
        for _ in 0..<4 { states.append(await harness.ask(Self.longInput).limit?.remaining) }
        #expect(states == [2, 1, 0, 0])
        // The fourth was read before its flow's limit could be asked: the tenant's token is spent.
        #expect(await harness.ask(Self.longInput, of: "news").limit?.remaining == 0)
        #expect(await harness.ask(Self.longInput, of: "news").status == 429)
        let name = try #require(FlowName("faq"))
        let known = await harness.send(ByteBuffer(string: "{" + Self.longInput), to: .langFlowRun(name))
        #expect(known.status == 429)
    }

    @Test("nobody is read for whose credential is not accepted")
    func credentials() async {
        let authenticator = ScriptedAuthenticator([:])
        let harness = Harness(flows: ["faq": .cached()], authenticator: authenticator)
        let response = await harness.send(ByteBuffer(string: "{" + Self.longInput))
        #expect(response.status == 401)
        #expect(harness.audit.records.last?.errorKind == .unauthenticated)
    }

    @Test("a caller that leaves before its body is read is recorded as one that left")
    func leaving() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let request = Self.request(Self.body(Self.longInput))
        guard case .pending(let wait) = harness.ambassador.decide(request) else {
            Issue.record("it did not wait")
            return
        }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await wait()
        }
        #expect(await task.value.status == 499)
        #expect(harness.audit.records.map(\.outcome) == [.abandoned])
        #expect(harness.upstream.calls.isEmpty)
    }

    @Test("a component's long name is kept once, however much of it is changed")
    func tweaks() async {
        // As one copy for each field it would be some tens of gigabytes.
        let fields = (0..<60_000).map { #""\#($0)":1"# }.joined(separator: ",")
        let name = String(repeating: "n", count: 500_000)
        let harness = Harness(flows: ["faq": .cached()])
        let body = #"{"flow_id":"faq","input":"q","tweaks":{"\#(name)":{\#(fields)}}}"#
        #expect(await harness.send(ByteBuffer(string: body)).status == 403)
    }
}
