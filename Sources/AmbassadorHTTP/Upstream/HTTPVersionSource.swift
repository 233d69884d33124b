package import AmbassadorCore
package import NIOCore
import NIOHTTP1
import Synchronization

/// LangFlow's `GET /api/v1/flows/{id}/version-state`.
///
/// It takes ids alone, so the id of an endpoint name is looked up in LangFlow's list of flows, and again where it is gone.
package final class HTTPVersionSource: VersionSource {
    private static let timeout = TimeAmount.seconds(10)
    private static let stateBytesMax = 64 << 10
    private static let listBytesMax = 8 << 20

    private let configuration: UpstreamConfiguration
    private let client: HTTPClient
    /// However many flows are watched, LangFlow is asked for two at a time.
    private let limit = ConcurrencyLimit(limit: 2, queueMax: 4096)
    private let ids = Mutex<[FlowName: FlowName]>([:])

    /// Makes a client of its own that has no connection yet.
    ///
    /// The group runs the connections; its owner shuts it down, after the source.
    package init(configuration: UpstreamConfiguration, group: any EventLoopGroup) {
        self.configuration = configuration
        var connections = configuration.connections
        connections.idleConnectionsMax = 1
        self.client = configuration.client(connections, group)
    }

    package func versionToken(of target: FlowName) async throws(UpstreamError) -> String {
        let id = try await self.id(of: target)
        let (status, body) = try await self.get("/api/v1/flows/\(id)/version-state", bytesMax: Self.stateBytesMax)
        guard status == 200 else {
            // A name may have been given to another flow since.
            self.ids.withLock { $0[target] = nil }
            throw .invalid(UpstreamCause(.unexpectedStatus, "\(status) to the question for a flow's version"))
        }
        guard let token = body["version_token"]?.string?.text, VersionToken.isValid(token) else {
            throw .invalid(UpstreamCause(.notJSON, "no version_token"))
        }
        return token
    }

    /// Closes idle connections and gives up what is under way.
    package func shutdown() async {
        await self.client.shutdown()
    }

    private func id(of target: FlowName) async throws(UpstreamError) -> FlowName {
        if target.isUUID { return target }
        if let id = self.ids.withLock({ $0[target] }) { return id }
        let (status, list) = try await self.get(
            "/api/v1/flows/?get_all=true&remove_example_flows=true&header_flows=true",
            bytesMax: Self.listBytesMax
        )
        guard status == 200, let flows = list.array else {
            throw .invalid(UpstreamCause(.unexpectedStatus, "\(status) to the question for its flows"))
        }
        let flow = flows.first {
            $0["endpoint_name"]?.string?.bytes.elementsEqual(target.description.utf8) == true
        }
        guard let id = flow?["id"]?.string.flatMap({ FlowName($0.bytes) }), id.isUUID else {
            throw .invalid(UpstreamCause(.notJSON, "the list of flows has no such endpoint name"))
        }
        self.ids.withLock { $0[target] = id }
        return id
    }

    private func get(_ path: String, bytesMax: Int) async throws(UpstreamError) -> (status: Int, body: JSONValue) {
        var fields: HTTPHeaders = ["Accept": "application/json", "Accept-Encoding": "identity"]
        if let apiKey = self.configuration.apiKey {
            fields.add(name: "x-api-key", value: apiKey.revealed)
        }
        let deadline = NIODeadline.now() + Self.timeout
        switch await self.limit.acquire(deadline: deadline) {
        case .acquired: break
        case .queueFull, .timedOut: throw .timeout
        case .cancelled: throw .cancelled
        }
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
        guard status == 200 else { return (status, .null) }
        do throws(JSONError) {
            return (status, try JSONParser.parse(bytes))
        } catch {
            throw .invalid(UpstreamCause(.notJSON))
        }
    }
}
