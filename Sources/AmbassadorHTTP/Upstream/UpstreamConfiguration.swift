package import AmbassadorCore
package import NIOCore

/// Where LangFlow is, and how it is called.
package struct UpstreamConfiguration: Sendable {
    package let url: UpstreamURL
    /// Sent as `x-api-key`; `nil` sends none.
    package let apiKey: Secret?
    /// How LangFlow is verified; as the system says where `nil`.
    package var tls: ClientTLS?
    package var connectTimeout: TimeAmount = .seconds(2)
    /// Below the 5 s after which LangFlow's server closes an idle connection.
    package var idleTimeout: TimeAmount = .seconds(4)
    /// Most bytes of an answer's body.
    package var answerBytesMax = 16 * 1024 * 1024
    /// Most idle connections that each event loop keeps.
    package var idleConnectionsMax = 64

    /// - Throws: Where the key could not stand in a header: it is 1 to 4,096 bytes of visible ASCII.
    package init(url: UpstreamURL, apiKey: Secret? = nil) throws(InvalidValue) {
        if let apiKey {
            let bytes = apiKey.revealed.utf8
            guard (1...4096).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw InvalidValue("is not a key of 1 to 4096 bytes of visible ASCII")
            }
        }
        self.url = url
        self.apiKey = apiKey
    }

    /// How connections are kept; `headBytesMax` has room for the cookies that gateways set.
    var connections: HTTPClientConfiguration {
        var connections = HTTPClientConfiguration()
        connections.connectTimeout = self.connectTimeout
        connections.idleTimeout = self.idleTimeout
        connections.idleConnectionsMax = self.idleConnectionsMax
        return connections
    }

    /// A client of LangFlow that has no connection yet.
    func client(_ connections: HTTPClientConfiguration, _ group: any EventLoopGroup) -> HTTPClient {
        HTTPClient(origin: self.url.origin, configuration: connections, tls: self.tls, group: group)
    }
}
