import AmbassadorCore

/// The routes of the data plane, an allow-list: what is not found here is never forwarded.
///
/// A route's whole path is compared as raw bytes, by itself and behind each base path.
package struct RouteTable: Sendable, Hashable {
    /// The calls whose path is fixed.
    private static let calls: [(path: String, route: Route)] = [
        ("/run-flow", .runFlow),
        // Clients of OpenAI's have one address for all their calls, which may be the one with LangFlow's prefix.
        ("/v1/responses", .responses), ("/api/v1/responses", .responses), ("/v1/chat/completions", .chatCompletions),
        ("/api/v1/chat/completions", .chatCompletions),
    ]
    /// LangFlow's list of flows; the second is what it redirects to the first.
    private static let flows = ["/api/v1/flows/", "/api/v1/flows"]
    /// What comes before a flow's name.
    private static let run = Array("/api/v1/run/".utf8)

    /// In the order in which they are tried.
    private let basePaths: [BasePath]

    package init(basePaths: [BasePath] = []) {
        self.basePaths = basePaths
    }

    /// Finds the endpoint of a path that begins with a slash and has neither empty nor dot segments.
    ///
    /// - Throws: `unknownRoute` for what is not listed, `malformedRequest` for what stands in the place of a flow's name and is none.
    func endpoint(of path: ArraySlice<UInt8>) throws(Refusal) -> Endpoint {
        if let endpoint = try Self.endpoint(ofBare: path) { return endpoint }
        for base in self.basePaths where path.starts(with: base.description.utf8) {
            let rest = path.dropFirst(base.description.utf8.count)
            if let endpoint = try Self.endpoint(ofBare: rest) { return endpoint }
        }
        throw Refusal(.unknownRoute, "There is no such route.")
    }

    /// Whether a route behind the path would be another one, as `/api/v1/run` before `/run-flow` is the call of a flow.
    static func isTaken(_ path: some Collection<UInt8>) -> Bool {
        (self.calls.map(\.path) + self.flows + Probe.allCases.map(\.rawValue)).contains { route in
            do throws(Refusal) {
                guard let other = try self.endpoint(ofBare: (path + Array(route.utf8))[...]) else { return false }
                return try self.endpoint(ofBare: Array(route.utf8)[...]) != other
            } catch {
                // In the place of a flow's name.
                return true
            }
        }
    }

    /// - Returns: `nil` where there is none without a base path.
    private static func endpoint(ofBare path: ArraySlice<UInt8>) throws(Refusal) -> Endpoint? {
        if let call = self.calls.first(where: { path.elementsEqual($0.path.utf8) }) { return .call(call.route) }
        if let flow = try self.flow(in: path) { return .call(.langFlowRun(flow)) }
        if self.flows.contains(where: { path.elementsEqual($0.utf8) }) { return .flows }
        return Probe.allCases.first { path.elementsEqual($0.rawValue.utf8) }.map { .probe($0) }
    }

    private static func flow(in path: ArraySlice<UInt8>) throws(Refusal) -> FlowName? {
        guard path.starts(with: self.run) else { return nil }
        let name = path.dropFirst(self.run.count)
        guard !name.isEmpty, !name.contains(UInt8(ascii: "/")) else { return nil }
        guard let flow = FlowName(name) else {
            throw Refusal(
                .malformedRequest,
                "A flow's name has 1 to 128 bytes of A-Z a-z 0-9 _ -, or is a UUID in lower case with hyphens."
            )
        }
        return flow
    }
}
