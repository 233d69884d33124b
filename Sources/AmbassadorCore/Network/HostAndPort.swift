import NIOCore

/// A host and a port as URLs and addresses write them; IPv6 addresses stand in brackets.
package struct HostAndPort: Sendable, Hashable, CustomStringConvertible {
    /// A name in lower case, or an address without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads a text; one without a port has the default port, and must have one where that is `nil`.
    ///
    /// Port 0 is one like others.
    package init(_ text: Substring, defaultPort: Int?) throws(InvalidValue) {
        let rest: Substring
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: "]") else { throw InvalidValue("has a [ without its ]") }
            let address = text[text.index(after: text.startIndex)..<end]
            guard address.contains(":"), let host = Self.ipAddress(String(address)) else {
                throw InvalidValue("has no IPv6 address between its brackets")
            }
            self.host = host
            rest = text[text.index(after: end)...]
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            self.host = try Self.name(text[..<end])
            rest = text[end...]
        }
        guard !rest.isEmpty else {
            guard let defaultPort else { throw InvalidValue("has no port") }
            self.port = defaultPort
            return
        }
        let digits = rest.utf8.dropFirst()
        guard rest.utf8.first == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(Self.isDigit),
            let port = Int(Substring(digits)), port <= 65_535
        else { throw InvalidValue("has no port between 0 and 65535; IPv6 addresses need brackets") }
        self.port = port
    }

    /// Reads the place of a URL: as above, but port 0, to which nobody can connect, is refused.
    package init(ofURL text: Substring, defaultPort: Int) throws(InvalidValue) {
        try self.init(text, defaultPort: defaultPort)
        guard self.port > 0 else { throw InvalidValue("has no port between 1 and 65535") }
    }

    private static func ipAddress(_ text: String) -> String? {
        // `%` would start a zone, which resolves differently on each host.
        guard !text.contains("%") else { return nil }
        return (try? SocketAddress(ipAddress: text, port: 0))?.ipAddress
    }

    private static func name(_ text: Substring) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("names no host; write 127.0.0.1 or a name before the port") }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy(Self.isLabelByte)
        }
        guard isName, text.utf8.count <= 253 else { throw InvalidValue("has no valid host") }
        let host = text.lowercased()
        // Resolvers read `2130706433` and `0x7f.1` as addresses too: a policy by address must not have such a way around it.
        if let last = labels.last,
            last.allSatisfy(Self.isDigit) || last.starts(with: "0x".utf8) || last.starts(with: "0X".utf8)
        {
            guard let address = Self.ipAddress(host), address == host else {
                throw InvalidValue("has no valid host; write IPv4 addresses as four decimal numbers")
            }
        }
        return host
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        Self.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    package var description: String {
        self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }
}
