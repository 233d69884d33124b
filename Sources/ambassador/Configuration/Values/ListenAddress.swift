import NIOCore

/// Where a listener waits: `host:port`, `[address]:port` or `unix:/path`.
enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// The longest path that fits `sockaddr_un` with its terminating zero.
    static let pathBytesMax = 107

    static let hint = "write host:port, [address]:port or unix:/path"

    init(_ text: String) throws(InvalidValue) {
        if text.utf8.starts(with: "unix:".utf8) {
            self = .unix(path: try Self.path(String(text.dropFirst(5))))
            return
        }
        guard !text.contains("://") else { throw InvalidValue("is a URL, not an address; \(Self.hint)") }
        let endpoint = try HostAndPort(text, defaultPort: nil)
        self = .tcp(host: endpoint.host, port: endpoint.port)
    }

    private static func path(_ path: String) throws(InvalidValue) -> String {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.last != UInt8(ascii: "/") else {
            throw InvalidValue("does not name an absolute path to a socket; \(Self.hint)")
        }
        guard path.utf8.count <= Self.pathBytesMax else {
            throw InvalidValue("names a socket path of more than \(Self.pathBytesMax) bytes")
        }
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw InvalidValue("has a control character")
        }
        return path
    }

    /// Whether only processes of the same host can connect.
    var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): isLoopback(host: host)
        }
    }

    /// Whether two listeners would be in one another's way.
    ///
    /// Port 0 asks for a free port, so it never is.
    func collides(with other: ListenAddress) -> Bool {
        switch (self, other) {
        case (.unix(let path), .unix(let otherPath)): path.utf8.elementsEqual(otherPath.utf8)
        case (.tcp(let host, let port), .tcp(let otherHost, let otherPort)):
            port == otherPort && port != 0
                && (host == otherHost || isLoopback(host: host) && isLoopback(host: otherHost))
        default: false
        }
    }

    var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): HostAndPort(host: host, port: port).description
        }
    }
}

/// Whether a name or address stands for this host alone.
func isLoopback(host: String) -> Bool {
    if host == "localhost" { return true }
    guard let address = try? SocketAddress(ipAddress: host, port: 0), let text = address.ipAddress else { return false }
    return text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
}
