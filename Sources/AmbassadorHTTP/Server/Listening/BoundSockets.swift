import Glibc
import NIOCore

/// Takes the addresses of a listener, all of them or none.
enum BoundSockets {
    /// Where the system chooses a port, the one that is free at the first address may be taken at the second.
    private static let attemptsMax = 20
    /// More addresses of one name are no listener's.
    private static let addressesMax = 64

    /// What was taken, and what this host does not have of the addresses of a name.
    struct Taken {
        var sockets: [BoundSocket] = []
        var left: [String] = []
    }

    /// Binds and listens; blocks, also for as long as a name takes to be resolved.
    static func take(_ address: ListenAddress, backlog: Int32) throws(ListenFault) -> Taken {
        switch address {
        case .unix(let path): return Taken(sockets: [try UnixSocketFile.listen(at: path, backlog: backlog)])
        case .tcp(let host, let port):
            let addresses = try Self.addresses(of: host, port: port)
            for _ in 1..<Self.attemptsMax where port == 0 {
                do throws(ListenFault) {
                    return try Self.take(addresses, backlog)
                } catch .portTaken {
                    continue
                }
            }
            return try Self.take(addresses, backlog)
        }
    }

    private static func take(_ addresses: [SocketAddress], _ backlog: Int32) throws(ListenFault) -> Taken {
        var taken = Taken()
        var fault = ListenFault.system(reason: "there is no address")
        for var address in addresses {
            // All on one port, which the first one may have been given by the system.
            if let port = taken.sockets.first?.address.port { address.port = port }
            do throws(BoundSocket.SystemError) {
                taken.sockets.append(try BoundSocket(address, backlog: backlog))
            } catch {
                fault = Self.fault(error, at: address)
                guard addresses.count > 1, Self.isMissing(error.code) else {
                    for socket in taken.sockets { socket.close() }
                    throw fault
                }
                // A name may have an address of a family that this host does without.
                taken.left.append(address.ipAddress ?? "")
            }
        }
        guard !taken.sockets.isEmpty else { throw fault }
        return taken
    }

    private static func isMissing(_ code: Int32) -> Bool {
        code == EADDRNOTAVAIL || code == EAFNOSUPPORT
    }

    private static func fault(_ error: BoundSocket.SystemError, at address: SocketAddress) -> ListenFault {
        let (host, port) = (address.ipAddress ?? "", address.port ?? 0)
        return switch error.code {
        case EADDRINUSE: .portTaken(address: host, port: port)
        case EACCES: .portForbidden(port: port)
        case EADDRNOTAVAIL, EAFNOSUPPORT: .foreignAddress(host)
        default: .system(reason: error.reason)
        }
    }

    /// Every address that a host stands for, each once, in the resolver's order.
    ///
    /// `localhost` is this host whatever a resolver says (RFC 6761 §6.3): that is what makes it safe for those who let everybody in.
    static func addresses(of host: String, port: Int) throws(ListenFault) -> [SocketAddress] {
        let names = host == "localhost" ? ["127.0.0.1", "::1"] : [host]
        let numeric = names.compactMap { try? SocketAddress(ipAddress: $0, port: port) }
        guard numeric.count < names.count else { return numeric }
        var found: [SocketAddress] = []
        for address in try Self.resolved(host, port: port) where !found.contains(address) { found.append(address) }
        guard !found.isEmpty else { throw .unresolved(host: host, reason: "it has none for TCP") }
        return Array(found.prefix(Self.addressesMax))
    }

    private static func resolved(_ host: String, port: Int) throws(ListenFault) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw .unresolved(host: host, reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        for info in sequence(first: list, next: { $0?.pointee.ai_next }) {
            guard let info, let address = info.pointee.ai_addr else { break }
            let bytes = UnsafeRawPointer(address)
            var found: SocketAddress
            switch info.pointee.ai_family {
            case AF_INET: found = SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
            case AF_INET6: found = SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
            default: continue
            }
            found.port = port
            addresses.append(found)
        }
        return addresses
    }
}
