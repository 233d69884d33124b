package import AmbassadorCore
package import NIOCore
import NIOHTTP1
import Synchronization

/// LangFlow's `GET /api/v1/flows/` and `GET /api/v1/flows/{id}/version-state`.
package final class HTTPFlowSource: FlowSource {
    private static let timeout = TimeAmount.seconds(10)
    private static let stateBytesMax = 64 << 10
    /// Some ten thousand flows.
    private static let listBytesMax = 4 << 20

    private let configuration: UpstreamConfiguration
    private let client: HTTPClient
    /// However many flows are watched, LangFlow is asked for two at a time.
    private let limit = ConcurrencyLimit(limit: 2, queueMax: 4096)
    /// Whoever wants the list while it is asked for waits for that answer.
    private let listTurn = ConcurrencyLimit(limit: 1, queueMax: 4096)
    private let lastList = Mutex<(result: Result<FlowList, UpstreamError>, askedAt: NIODeadline)?>(nil)

    /// Makes a client of its own that has no connection yet.
    ///
    /// The group runs the connections; its owner shuts it down, after the source.
    package init(configuration: UpstreamConfiguration, group: any EventLoopGroup) {
        self.configuration = configuration
        var connections = configuration.connections
        connections.idleConnectionsMax = 1
        self.client = configuration.client(connections, group)
    }

    package func version(ofFlow id: FlowName) async throws(UpstreamError) -> FlowVersion {
        let (status, body) = try await self.get("/api/v1/flows/\(id)/version-state", bytesMax: Self.stateBytesMax)
        // LangFlow's word for a flow that is not there. An unknown route is "Not Found"; a gateway's 404 has no `detail`.
        if status == 404, let detail = body["detail"]?.string, !detail.isEqual(to: "Not Found") { return .gone }
        guard status == 200 else {
            throw .invalid(UpstreamCause(.unexpectedStatus, "\(status) to the question for a flow's version"))
        }
        guard let token = body["version_token"]?.string?.text, VersionToken.isValid(token) else {
            throw .invalid(UpstreamCause(.notJSON, "no version_token"))
        }
        return .token(token)
    }

    package func flows(maxAge: Duration) async throws(UpstreamError) -> FlowList {
        if let known = self.knownList(maxAge: maxAge) { return try known.get() }
        try await Self.enter(self.listTurn, deadline: .now() + Self.timeout)
        defer { self.listTurn.release() }
        if let known = self.knownList(maxAge: maxAge) { return try known.get() }
        let askedAt = NIODeadline.now()
        let result: Result<FlowList, UpstreamError>
        do throws(UpstreamError) {
            result = .success(try await self.list(askedAt: askedAt))
        } catch {
            result = .failure(error)
        }
        // Who gives up says nothing of LangFlow.
        if case .failure(let error) = result, error.isCancelled { throw error }
        self.lastList.withLock { $0 = (result, askedAt) }
        return try result.get()
    }

    /// Closes idle connections and gives up what is under way.
    package func shutdown() async {
        await self.client.shutdown()
    }

    private func knownList(maxAge: Duration) -> Result<FlowList, UpstreamError>? {
        let now = NIODeadline.now()
        return self.lastList.withLock { last in
            last.flatMap { $0.askedAt.duration(to: now) <= maxAge ? $0.result : nil }
        }
    }

    private func list(askedAt: NIODeadline) async throws(UpstreamError) -> FlowList {
        let (status, body) = try await self.get(
            "/api/v1/flows/?get_all=true&remove_example_flows=true&header_flows=true",
            bytesMax: Self.listBytesMax
        )
        guard status == 200, let flows = body.array else {
            throw .invalid(UpstreamCause(.unexpectedStatus, "\(status) to the question for its flows, or no list"))
        }
        let identities = flows.compactMap(Self.identity)
        return FlowList(identities, isComplete: identities.count == flows.count, askedAt: askedAt)
    }

    /// - Returns: `nil` where it is not a flow with an id.
    private static func identity(_ flow: JSONValue) -> FlowIdentity? {
        guard let id = flow["id"]?.string.flatMap({ FlowName($0.bytes) }), id.isUUID else { return nil }
        return FlowIdentity(
            id: id,
            endpointName: flow["endpoint_name"]?.string.flatMap { FlowName($0.bytes) },
            title: flow["name"]?.string?.text ?? ""
        )
    }

    private func get(_ path: String, bytesMax: Int) async throws(UpstreamError) -> (status: Int, body: JSONValue) {
        var fields: HTTPHeaders = ["Accept": "application/json", "Accept-Encoding": "identity"]
        if let apiKey = self.configuration.apiKey {
            fields.add(name: "x-api-key", value: apiKey.revealed)
        }
        let deadline = NIODeadline.now() + Self.timeout
        try await Self.enter(self.limit, deadline: deadline)
        defer { self.limit.release() }
        let (status, bytes): (Int, ByteBuffer)
        do throws(HTTPCallError) {
            let answer = try await self.client.send(
                HTTPRequest(.GET, self.configuration.url.prefix + path, fields: fields),
                bytesMax: bytesMax,
                deadline: deadline
            )
            (status, bytes) = (Int(answer.head.status.code), answer.body)
        } catch {
            throw UpstreamError(error)
        }
        guard status == 200 || status == 404 else { return (status, .null) }
        do throws(JSONError) {
            let body = try await LongWork.run(on: bytes.readableBytes) { () throws(JSONError) in
                try JSONParser.parse(bytes)
            }
            return (status, body)
        } catch {
            // A gateway's page, perhaps.
            guard status == 200 else { return (status, .null) }
            throw .invalid(UpstreamCause(.notJSON))
        }
    }

    private static func enter(_ limit: ConcurrencyLimit, deadline: NIODeadline) async throws(UpstreamError) {
        switch await limit.acquire(deadline: deadline) {
        case .acquired: return
        case .queueFull, .timedOut: throw .timeout
        case .cancelled: throw .cancelled
        }
    }
}
