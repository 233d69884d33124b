import NIOCore
import NIOPosix
import NIOSSL

extension RedisConnection {
    /// Makes a socket that reads nothing yet, so that no byte comes before the handler that understands it.
    func makeSocket() -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: self.eventLoop)
            .connectTimeout(TimeAmount(self.configuration.connectTimeout))
            .channelOption(.autoRead, value: false)
        switch self.configuration.address.endpoint {
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port, _):
            let tls = self.tls
            return
                bootstrap
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let tls else { return }
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: Self.serverName(of: host))
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: host, port: port)
        }
    }

    /// The name to verify; an IP address is none (RFC 6066 §3) and is verified as the socket's peer.
    private static func serverName(of host: String) -> String? {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return isAddress ? nil : host
    }
}
