package import AmbassadorCore

/// A server to call: where it is, and whether it speaks TLS.
package struct HTTPOrigin: Sendable, Hashable {
    package enum Endpoint: Sendable, Hashable {
        /// `host` is a name or an address without brackets.
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    package let isTLS: Bool
    package let endpoint: Endpoint
    /// The value of `Host`: without the port of the scheme.
    package let authority: String

    package init(isTLS: Bool, place: HostAndPort) {
        self.isTLS = isTLS
        self.endpoint = .tcp(host: place.host, port: place.port)
        let text = place.description
        self.authority = place.port == (isTLS ? 443 : 80) ? String(text.dropLast(":\(place.port)".utf8.count)) : text
    }

    /// A server on this host that listens on a Unix domain socket.
    package init(socket path: String) {
        self.isTLS = false
        self.endpoint = .unix(path: path)
        self.authority = "localhost"
    }
}
