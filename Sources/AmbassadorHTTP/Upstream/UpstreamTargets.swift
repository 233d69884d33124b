import AmbassadorCore
import AsyncHTTPClient
import NIOHTTP1
import Synchronization

/// Requests to flows that were called before, without fields and bodies: to read an address again takes longer than to send it.
final class UpstreamTargets: Sendable {
    private struct Target: Hashable {
        let flow: FlowName
        let isStream: Bool
    }

    /// Beyond them all are forgotten; who calls that many flows, named by callers, reads an address now and then.
    private static let targetsMax = 256

    private let requests = Mutex<[Target: HTTPClient.Request]>([:])

    /// A request that runs a flow, to be completed.
    func request(
        for flow: FlowName,
        asStream isStream: Bool,
        of url: UpstreamURL
    ) throws(UpstreamError) -> HTTPClient.Request {
        let target = Target(flow: flow, isStream: isStream)
        if let request = self.requests.withLock({ $0[target] }) { return request }
        let request: HTTPClient.Request
        do {
            request = try HTTPClient.Request(url: "\(url)/api/v1/run/\(flow)?stream=\(isStream)", method: .POST)
        } catch {
            // Address and target were checked; what the library still refuses cannot be reached.
            throw .unreachable
        }
        self.requests.withLock { requests in
            if requests.count >= Self.targetsMax { requests.removeAll(keepingCapacity: true) }
            requests[target] = request
        }
        return request
    }
}
