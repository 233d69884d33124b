package import AmbassadorCore
package import NIOCore
import NIOHTTP1

/// LangFlow's `GET /health`, or what stands for it before a gateway.
package final class HTTPHealthSource: HealthSource {
    /// A LangFlow that needs longer to say that it is well is not.
    private static let timeout = TimeAmount.seconds(2)
    /// Shorter than the whole, so that a host that comes back without refusing connections is found soon.
    private static let connectTimeout = TimeAmount.seconds(1)
    private static let answerBytesMax = 64 << 10

    private let configuration: UpstreamConfiguration
    private let path: String
    private let client: HTTPClient

    /// Makes a client of its own that has no connection yet, so that calls never keep it waiting.
    ///
    /// The group runs the connections; its owner shuts it down, after the source. `path` is checked and begins with a slash.
    package init(configuration: UpstreamConfiguration, path: String, group: any EventLoopGroup) {
        self.configuration = configuration
        self.path = path
        var connections = configuration.connections
        connections.idleConnectionsMax = 1
        connections.connectTimeout = min(configuration.connectTimeout, Self.connectTimeout)
        self.client = configuration.client(connections, group)
    }

    package func health() async -> HealthReading? {
        var fields: HTTPHeaders = ["Accept": "application/json", "Accept-Encoding": "identity"]
        if let apiKey = self.configuration.apiKey {
            fields.add(name: "x-api-key", value: apiKey.revealed)
        }
        do throws(HTTPCallError) {
            let answer = try await self.client.send(
                HTTPRequest(.GET, self.configuration.url.prefix + self.path, fields: fields),
                bytesMax: Self.answerBytesMax,
                deadline: .now() + Self.timeout
            )
            return Self.reading(ofStatus: answer.head.status.code)
        } catch {
            return Self.reading(of: UpstreamError(error))
        }
    }

    /// Closes idle connections and gives up what is under way.
    package func shutdown() async {
        await self.client.shutdown()
    }

    private static func reading(ofStatus status: UInt) -> HealthReading {
        switch status {
        case 200: .healthy
        case 500...: .unhealthy("an answer with status \(status)")
        default: .unusable("an answer with status \(status)")
        }
    }

    private static func reading(of error: UpstreamError) -> HealthReading? {
        switch error {
        case .unreachable(let cause), .connectionLost(let cause): .unhealthy(cause.fault.phrase)
        case .timeout: .unhealthy("no answer within 2 s")
        case .invalid(let cause): .unusable(cause.fault.phrase)
        case .cancelled, .cancelledUnsent, .noResources: nil
        }
    }
}
