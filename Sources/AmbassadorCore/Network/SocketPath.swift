/// The path of a Unix domain socket.
package enum SocketPath {
    /// The longest path that fits `sockaddr_un` with its terminating zero.
    package static let bytesMax = 107

    /// Takes an absolute path that can be one of a socket.
    package static func checked(_ path: String) throws(InvalidValue) -> String {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.last != UInt8(ascii: "/") else {
            throw InvalidValue("does not name an absolute path to a socket; write unix:/path")
        }
        guard path.utf8.count <= Self.bytesMax else {
            throw InvalidValue("names a socket path of more than \(Self.bytesMax) bytes")
        }
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw InvalidValue("has a control character") }
        return path
    }
}
