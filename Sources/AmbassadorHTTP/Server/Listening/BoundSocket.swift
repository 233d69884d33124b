import Glibc
import NIOCore

/// A socket that has its address and a queue of callers, of whom nobody is accepted yet.
struct BoundSocket: Sendable {
    let descriptor: Int32
    /// With the port that the system chose where port 0 was asked for.
    let address: SocketAddress
    /// The file of a Unix domain socket.
    var file: UnixSocketFile?

    /// What the system said.
    struct SystemError: Error {
        let code: Int32

        var reason: String { strerror(self.code).map { String(cString: $0) } ?? "error \(self.code)" }
    }

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - address: where.
    ///   - backlog: how many callers may wait to be accepted.
    /// - Throws: what the system said.
    init(_ address: SocketAddress, backlog: Int32) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(Self.family(of: address), type, 0)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
        do throws(SystemError) {
            self.address = try Self.listen(descriptor, at: address, backlog: backlog)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    private static func listen(
        _ descriptor: Int32,
        at address: SocketAddress,
        backlog: Int32
    ) throws(SystemError) -> SocketAddress {
        if address.port != nil {
            // Connections of a process that has ended may keep the port for a minute otherwise; one that listens keeps it all the same.
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let isBound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) == 0 }
        guard isBound, Glibc.listen(descriptor, backlog) == 0 else { throw SystemError(code: errno) }
        guard address.port == 0 else { return address }
        var chosen = address
        chosen.port = try Self.port(of: descriptor)
        return chosen
    }

    /// The port stands at the same place in addresses of both families: behind the family, in network order.
    private static func port(of descriptor: Int32) throws(SystemError) -> Int {
        var bytes = [UInt8](repeating: 0, count: 128)
        var length = socklen_t(bytes.count)
        let isKnown = bytes.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return getsockname(descriptor, start.assumingMemoryBound(to: sockaddr.self), &length) == 0
        }
        guard isKnown else { throw SystemError(code: errno) }
        return Int(bytes[2]) << 8 | Int(bytes[3])
    }

    static func family(of address: SocketAddress) -> Int32 {
        switch address {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unixDomainSocket: AF_UNIX
        }
    }

    /// Gives the address back; for one whose descriptor nobody else has taken.
    func close() {
        // While it still listens, so that nobody has put a socket of its own there.
        self.file?.remove()
        Glibc.close(self.descriptor)
    }
}
