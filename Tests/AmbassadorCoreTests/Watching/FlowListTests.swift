import AmbassadorTesting
import Logging
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("The list of flows")
struct FlowListTests {
    private static func caller(_ grants: String...) throws -> Caller {
        Caller(principal: "p", tenant: .default, permissions: Permissions(try grants.map { try Permissions.Grant($0) }))
    }

    /// `id endpoint_name name` of each flow.
    private static func list(
        _ harness: Harness,
        _ key: String? = nil,
        page: FlowListRequest.Page = FlowListRequest.Page()
    ) async throws -> [String] {
        let request = FlowListRequest(
            page: page,
            credential: key.map { .apiKey(Secret($0)) } ?? .none,
            traceID: .random(),
            clientAddress: "192.0.2.1",
            receivedAt: harness.clock.now
        )
        let response = await harness.ambassador.list(request).response
        guard response.status == 200 else { return ["\(response.status)"] }
        let document = try JSONParser.parse(ByteBuffer(string: response.text))
        return try #require(document.array).map { flow in
            #expect(flow["data"] == .null)
            let texts = [flow["id"], flow["endpoint_name"], flow["name"]].map { $0?.string?.text ?? "-" }
            return texts.joined(separator: " ").replacing("00000000-0000-4000-8000-0000000000", with: "")
        }
    }

    private static func learn(_ harness: Harness, _ flows: [FlowIdentity]) {
        _ = harness.ambassador.parts.flows.learn(
            FlowList(flows, askedAt: harness.clock.now),
            at: harness.clock.clocks.wall()
        )
    }

    @Test("shows what a caller may run: listed flows by their own names, and others where they may be called")
    func permissions() async throws {
        let callers = [
            "all": try Self.caller("run"), "faq": try Self.caller("run:faq*"), "other": try Self.caller("run:other"),
            "id": try Self.caller("run:\(flowID(12))"), "none": try Self.caller("refresh"),
        ]
        let flows: [String: FlowSettings] = [
            "faq": .cached(), "faq_qa": .cached { $0.target = flowID(11) }, "unknown": .cached(),
        ]
        let identities = [
            FlowIdentity(10, "faq"), FlowIdentity(11, "questions"), FlowIdentity(12, "other"), FlowIdentity(13, nil),
        ]
        let own = ["10 faq Flow 10", "11 faq_qa Flow 11"]
        let open = Harness(
            flows: flows,
            unlisted: .allow(FlowSettings()),
            authenticator: ScriptedAuthenticator(callers)
        )
        Self.learn(open, identities)
        #expect(try await Self.list(open, "all") == own + ["12 other Flow 12", "13 - Flow 13"])
        #expect(try await Self.list(open, "faq") == own)
        #expect(try await Self.list(open, "other") == ["12 other Flow 12"])
        #expect(try await Self.list(open, "id") == ["12 other Flow 12"])
        #expect(try await Self.list(open, "none") == [])
        #expect(try await Self.list(open) == ["401"])
        let closed = Harness(flows: flows, authenticator: ScriptedAuthenticator(callers))
        Self.learn(closed, identities)
        #expect(try await Self.list(closed, "all") == own)
        Self.learn(closed, [])
        #expect(open.audit.records.map(\.outcome) == [.refused])
    }

    @Test("a flow that is gone is not there, and one that is listed by its id has its names")
    func gone() async throws {
        let harness = Harness(flows: ["faq": .cached(), flowID(11).description: .cached()])
        #expect(
            try await Self.list(harness) == [
                "11 - \(flowID(11))".replacing("00000000-0000-4000-8000-0000000000", with: "")
            ]
        )
        harness.clock.advance(by: .milliseconds(1))
        Self.learn(harness, [FlowIdentity(10, "faq"), FlowIdentity(11, "questions")])
        #expect(try await Self.list(harness) == ["11 questions Flow 11", "10 faq Flow 10"])
        harness.clock.advance(by: .milliseconds(1))
        Self.learn(harness, [FlowIdentity(11, "questions")])
        #expect(try await Self.list(harness) == ["11 questions Flow 11"])
    }

    @Test("pages are parts of the list")
    func pages() async throws {
        let harness = Harness(unlisted: .allow(FlowSettings()))
        harness.clock.advance(by: .milliseconds(1))
        Self.learn(harness, (10...14).map { FlowIdentity($0, nil) })
        func ids(_ number: Int, _ size: Int?) async throws -> [String] {
            try await Self.list(harness, page: FlowListRequest.Page(number: number, size: size)).map {
                String($0.prefix(2))
            }
        }
        #expect(try await ids(1, 2) == ["10", "11"])
        #expect(try await ids(3, 2) == ["14"])
        #expect(try await ids(4, 2) == [])
        #expect(try await ids(1, 0) == [])
        #expect(try await ids(.max, 50) == [])
        #expect(try await ids(1, nil).count == 5)
    }

    @Test("the limits on requests hold")
    func limits() async throws {
        let limit = try RateLimit(name: "tenant", by: [.tenant], rate: Rate(count: 2, periodSeconds: 3600))
        let harness = Harness(unlisted: .allow(FlowSettings()), limits: [limit])
        #expect(try await Self.list(harness) == [])
        #expect(try await Self.list(harness) == [])
        #expect(try await Self.list(harness) == ["429"])
    }

    @Test("LangFlow is asked where nobody learns of it otherwise, and its being away is no error")
    func onDemand() async throws {
        let source = FakeLangFlow([FlowIdentity(10, "other")])
        let harness = Harness(unlisted: .allow(FlowSettings()), flowSource: source)
        #expect(try await Self.list(harness) == ["10 other Flow 10"])
        source.change { $0.isAway = true }
        #expect(try await Self.list(harness) == ["10 other Flow 10"])
        let listed = Harness(flows: ["faq": .cached()], flowSource: source)
        source.change { $0.isAway = false }
        #expect(try await Self.list(listed) == [])
    }
}
