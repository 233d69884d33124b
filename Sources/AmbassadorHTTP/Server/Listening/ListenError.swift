/// Why an address cannot be listened on: which one, for what, why, and what to do.
package struct ListenError: Error, Equatable, CustomStringConvertible {
    package let name: ListenerName
    package let address: ListenAddress
    package let reason: ListenFault

    package var description: String {
        "\(self.name.setting) \(self.address) (the \(self.name.plane) plane): \(self.reason)"
    }
}

/// What is wrong with an address, and what to do about it.
package enum ListenFault: Error, Equatable, CustomStringConvertible {
    /// The name has no address; with the resolver's reason.
    case unresolved(host: String, reason: String)
    case portTaken(address: String, port: Int)
    case portForbidden(port: Int)
    case foreignAddress(String)
    /// A process answers at the socket's path.
    case socketTaken(path: String)
    /// Something else than a socket is at its path.
    case notASocket(path: String)
    case folder(path: String, reason: String)
    case system(reason: String)

    package var description: String {
        switch self {
        case .unresolved(let host, let reason):
            "the name \(host) has no address (\(reason)); write an address, or mend DNS or /etc/hosts"
        case .portTaken(let address, let port):
            "another process listens on port \(port) of \(address); "
                + "`ss -ltnp 'sport = :\(port)'` shows which one: stop it, or set another port"
        case .portForbidden(let port):
            "this user may not listen on port \(port); set a port from 1024 on, or grant CAP_NET_BIND_SERVICE"
        case .foreignAddress(let address):
            "\(address) is no address of this host; `ip address` lists those that are"
        case .socketTaken(let path):
            "another process listens on \(path); `ss -lxp src \(path)` shows which one: stop it, or set another path"
        case .notASocket(let path):
            "\(path) is there and is no socket; remove it, or set another path"
        case .folder(let path, let reason):
            "a socket cannot be made in \(path): \(reason); make the folder and let this user write in it"
        case .system(let reason): reason
        }
    }
}
