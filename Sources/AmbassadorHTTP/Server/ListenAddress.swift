/// Where a server listens: a TCP address or a Unix domain socket.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// `host` is a name or an address without brackets; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// Reads `host:port`, `[address]:port` or `unix:/path`.
    ///
    /// - Returns: `nil` where the text is none of them; a path is absolute and of 1 to 100 bytes.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return nil }
        if bytes.starts(with: "unix:".utf8) {
            let path = bytes.dropFirst(5)
            guard path.first == UInt8(ascii: "/"), (2...100).contains(path.count) else { return nil }
            self = .unix(path: String(decoding: path, as: UTF8.self))
            return
        }
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let port = bytes[(colon + 1)...]
        guard (1...5).contains(port.count), port.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(String(decoding: port, as: UTF8.self)), number <= 65_535
        else { return nil }
        var host = bytes[..<colon]
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]"), host.count > 2 {
            host = host.dropFirst().dropLast()
        } else if host.contains(UInt8(ascii: ":")) {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) else {
            return nil
        }
        self = .tcp(host: String(decoding: host, as: UTF8.self), port: number)
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
