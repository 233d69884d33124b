package import AmbassadorCore

/// Where a server listens: a TCP address or a Unix domain socket.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// `host` is a name or an address without brackets; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// Reads `host:port`, `[address]:port` or `unix:/path`.
    package init(_ text: String) throws(InvalidValue) {
        if text.utf8.starts(with: "unix:".utf8) {
            self = .unix(path: try SocketPath.checked(String(text.dropFirst(5))))
            return
        }
        guard !text.contains("://") else {
            throw InvalidValue("is a URL, not an address; write host:port, [address]:port or unix:/path")
        }
        let place = try HostAndPort(text[...], defaultPort: nil)
        self = .tcp(host: place.host, port: place.port)
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): HostAndPort(host: host, port: port).description
        case .unix(let path): "unix:\(path)"
        }
    }
}
