import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

/// LangFlow's own routes, in every spelling that some server reads as one of them.
@Suite("Routes") struct RouteTests {
    private struct Spelling: Sendable {
        let start: String
        /// Whether it is a call that we take.
        let isCall: Bool
    }

    /// A flow for each `{flow…}`, an id for each other part.
    private static func filled(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map {
            guard $0.hasPrefix("{") else { return String($0) }
            return $0.contains("name") ? "faq" : "0af76519-16cd-43dd-8448-eb211c80319c"
        }.joined(separator: "/")
    }

    private static func spellings(_ method: String, _ path: String) -> [Spelling] {
        let isCall = path == "/api/v1/run/{flow_id_or_name}"
        let path = self.filled(path)
        let last = path.dropLast().lastIndex(of: "/") ?? path.startIndex
        let variants: [(target: String, isCall: Bool)] = [
            (path, isCall), (path.uppercased(), false), ("/" + path, false), ("/." + path, false),
            ("/x/.." + path, false),
            (path.replacingCharacters(in: last), false), ("/x/%2e%2e" + path, false), (path + ";x", false),
            (path.hasSuffix("/") ? String(path.dropLast()) : path + "/", false), ("http://a" + path, isCall),
            (path + "?x-api-key=evil", false),
        ]
        let verb = method == "WEBSOCKET" ? "GET" : method
        let other = verb == "POST" ? "GET" : "POST"
        return variants.map { Spelling(start: "\(verb) \($0.target) HTTP/1.1", isCall: $0.isCall) }
            + [Spelling(start: "\(other) \(path) HTTP/1.1", isCall: false)]
    }

    @Test("of all routes of LangFlow in twelve spellings only the run call reaches the responder")
    func allowList() async throws {
        let all = LangFlowRoutes.all.flatMap { Self.spellings($0.method, $0.path) }
        #expect(LangFlowRoutes.all.count > 360)
        #expect(all.count == 12 * LangFlowRoutes.all.count)
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (position, spelling) in all.enumerated() {
                    if position >= 32 { try await group.next() }
                    group.addTask { try await Self.check(spelling, at: server) }
                }
                try await group.waitForAll()
            }
        }
        #expect(witness.bodies == Array(repeating: "\"evil\"", count: all.count { $0.isCall }))
        #expect(Set(witness.decided.map(\.head.route.name)).count == 1)
    }

    @Test(
        "neither do targets that name no resource",
        arguments: ["OPTIONS *", "POST *", "CONNECT a:443", "CONNECT /run-flow"]
    )
    func noResource(start: String) async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(witness) { server in
            try await Self.check(Spelling(start: "\(start) HTTP/1.1", isCall: false), at: server)
        }
        #expect(witness.bodies == [])
    }

    private static func check(_ spelling: Spelling, at server: ServerHarness) async throws {
        let call = HostileVector.call("Content-Length: 6\r\nConnection: close", start: spelling.start)
        let connection = try await server.connect()
        try await connection.send(call)
        let (bytes, hasEnded) = await connection.receiveToEnd()
        await connection.close()
        let statuses = ResponseMessage.all(in: bytes).map(\.status)
        let probes = Probe.allCases.flatMap { ["GET \($0.rawValue) HTTP/1.1", "GET http://a\($0.rawValue) HTTP/1.1"] }
        let wanted: Set<Int> = spelling.isCall || probes.contains(spelling.start) ? [200, 400] : [400, 404, 405]
        #expect(hasEnded, "\(spelling.start)")
        #expect(statuses.count == 1, "\(spelling.start): \(statuses)")
        #expect(wanted.isSuperset(of: statuses), "\(spelling.start): \(statuses)")
        if spelling.isCall { #expect(statuses == [200], "\(spelling.start)") }
    }
}

extension String {
    /// The text with `%2f` in place of one character.
    fileprivate func replacingCharacters(in index: Index) -> String {
        String(self[..<index]) + "%2f" + String(self[self.index(after: index)...])
    }
}
