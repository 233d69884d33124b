import AmbassadorCore
import AmbassadorHTTP

extension ListenAddress {
    /// Where a command on the same host reaches a listener without TLS; one on every address is reached by this host's own.
    var origin: HTTPOrigin {
        switch self {
        case .tcp("0.0.0.0", let port): HTTPOrigin(isTLS: false, place: HostAndPort(host: "127.0.0.1", port: port))
        case .tcp("::", let port): HTTPOrigin(isTLS: false, place: HostAndPort(host: "::1", port: port))
        case .tcp(let host, let port): HTTPOrigin(isTLS: false, place: HostAndPort(host: host, port: port))
        case .unix(let path): HTTPOrigin(socket: path)
        }
    }
}
