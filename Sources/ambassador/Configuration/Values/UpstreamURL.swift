import NIOCore

/// Where LangFlow is: scheme, host, port and the path under which it is mounted.
struct UpstreamURL: Sendable, Hashable, CustomStringConvertible {
    let isTLS: Bool
    let host: String
    let port: Int
    /// Empty, or begins with `/` and does not end with one.
    let pathPrefix: String

    init(isTLS: Bool, host: String, port: Int, pathPrefix: String) {
        self.isTLS = isTLS
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    init(_ text: String) throws(InvalidValue) {
        let parts = try URLParts(text, schemes: ["http", "https"])
        guard parts.userInfo == nil else {
            throw InvalidValue("carries a user or password; LangFlow's key belongs into upstream.api_key")
        }
        self.isTLS = parts.scheme == "https"
        let endpoint = try HostAndPort(parts.authority, defaultPort: self.isTLS ? 443 : 80)
        guard endpoint.port > 0 else { throw InvalidValue("has no port between 1 and 65535") }
        guard !Self.isMetadata(host: endpoint.host) else {
            throw InvalidValue("points at a link-local or cloud metadata address, where no LangFlow can be")
        }
        self.host = endpoint.host
        self.port = endpoint.port
        self.pathPrefix = try Self.prefix(parts.path)
    }

    private static func prefix(_ path: String) throws(InvalidValue) -> String {
        let trimmed = path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
        guard !trimmed.isEmpty else { return "" }
        let segments = trimmed.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".."
                && segment.utf8.allSatisfy { byte in
                    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                        || "-._~".utf8.contains(byte)
                }
        }
        guard isPlain else {
            throw InvalidValue("has a path, query or fragment that is not a plain prefix such as /langflow")
        }
        return trimmed
    }

    /// Whether a host is one of the addresses at which clouds hand out credentials.
    private static func isMetadata(host: String) -> Bool {
        if ["metadata", "metadata.google.internal", "instance-data"].contains(host) { return true }
        guard let text = (try? SocketAddress(ipAddress: host, port: 0))?.ipAddress else { return false }
        return text.hasPrefix("169.254.") || text.hasPrefix("::ffff:169.254.") || text.hasPrefix("fd00:ec2::")
            || ["fe8", "fe9", "fea", "feb"].contains { text.hasPrefix($0) && text.prefix(5).hasSuffix(":") }
    }

    var description: String {
        let scheme = self.isTLS ? "https" : "http"
        return "\(scheme)://\(HostAndPort(host: self.host, port: self.port))\(self.pathPrefix)"
    }
}

/// A URL cut at its separators, nothing decoded.
struct URLParts {
    let scheme: String
    let userInfo: String?
    let authority: String
    /// Everything from the first `/`, `?` or `#` after the authority.
    let path: String

    init(_ text: String, schemes: [String]) throws(InvalidValue) {
        let names = schemes.map { "\($0)://" }.joined(separator: " or ")
        guard let scheme = schemes.first(where: { text.utf8.starts(with: "\($0)://".utf8) }) else {
            throw InvalidValue("is not a URL that begins with \(names)")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw InvalidValue("has a space, control or non-ASCII character")
        }
        let rest = text.dropFirst(scheme.count + 3)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        let at = authority.lastIndex(of: "@")
        self.scheme = scheme
        self.userInfo = at.map { String(authority[..<$0]) }
        self.authority = String(at.map { authority[authority.index(after: $0)...] } ?? authority)
        self.path = String(rest[end...])
    }
}
