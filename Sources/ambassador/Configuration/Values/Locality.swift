import AmbassadorHTTP
import NIOCore

extension ListenAddress {
    /// Whether only processes of the same host can connect.
    var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): isLoopback(host: host)
        }
    }

    /// Whether it is a Unix domain socket.
    var isSocket: Bool {
        if case .unix = self { true } else { false }
    }

    /// Whether two addresses are the same place.
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
}

extension ListenAddress {
    /// Whether two listeners of this host would be in one another's way: also where one takes all of the host's addresses.
    func overlaps(with other: ListenAddress) -> Bool {
        if self.collides(with: other) { return true }
        guard case .tcp(let host, let port) = self, case .tcp(let otherHost, port) = other, port != 0 else {
            return false
        }
        return isEveryAddress(host) || isEveryAddress(otherHost)
    }
}

extension UpstreamURL {
    /// Whether the host is one of the addresses at which clouds hand out credentials.
    var isMetadataService: Bool {
        if ["metadata", "metadata.google.internal", "instance-data"].contains(self.host) { return true }
        guard let text = numericAddress(self.host) else { return false }
        return text.hasPrefix("169.254.") || text.hasPrefix("::ffff:169.254.") || text.hasPrefix("fd00:ec2::")
            || ["fe8", "fe9", "fea", "feb"].contains { text.hasPrefix($0) && text.prefix(5).hasSuffix(":") }
    }
}

/// Whether a name or address stands for this host alone.
private func isLoopback(host: String) -> Bool {
    if host == "localhost" { return true }
    guard let text = numericAddress(host) else { return false }
    return text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
}

/// Whether an address stands for all of this host's.
private func isEveryAddress(_ host: String) -> Bool { host == "0.0.0.0" || host == "::" }

/// The address in its shortest form; `nil` for a name.
private func numericAddress(_ host: String) -> String? {
    (try? SocketAddress(ipAddress: host, port: 0))?.ipAddress
}
