package import AmbassadorCore

/// LangFlow's base address: `http[s]://host[:port][/prefix]` and nothing else.
package struct UpstreamURL: Sendable, Hashable, CustomStringConvertible {
    package let isTLS: Bool
    /// A name in lower case, or an address without brackets.
    package let host: String
    package let port: Int
    /// The address without the port of its scheme and without a trailing slash.
    package let description: String
    /// What stands before every path of LangFlow's: empty, or begins with a slash.
    package let prefix: String

    /// Where LangFlow listens if nobody says otherwise.
    package static let `default` = UpstreamURL(
        isTLS: false,
        place: HostAndPort(host: "127.0.0.1", port: 7860),
        prefix: ""
    )

    /// Checks an address byte by byte; it is rebuilt from its parts, so that nothing else can be in it.
    package init(_ text: String) throws(InvalidValue) {
        let isTLS = text.utf8.starts(with: "https://".utf8)
        guard isTLS || text.utf8.starts(with: "http://".utf8) else {
            throw InvalidValue("is not a URL that begins with http:// or https://")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("has a space, control or non-ASCII character")
        }
        let rest = text.dropFirst(isTLS ? 8 : 7)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw InvalidValue("carries a user or password; LangFlow's key is a setting of its own")
        }
        self.init(
            isTLS: isTLS,
            place: try HostAndPort(ofURL: authority, defaultPort: Self.defaultPort(isTLS: isTLS)),
            prefix: try Self.prefix(rest.dropFirst(authority.count))
        )
    }

    private init(isTLS: Bool, place: HostAndPort, prefix: String) {
        self.isTLS = isTLS
        self.host = place.host
        self.port = place.port
        self.prefix = prefix
        self.description = (isTLS ? "https://" : "http://") + HTTPOrigin(isTLS: isTLS, place: place).authority + prefix
    }

    /// The server that is called.
    package var origin: HTTPOrigin {
        HTTPOrigin(isTLS: self.isTLS, place: HostAndPort(host: self.host, port: self.port))
    }

    private static func defaultPort(isTLS: Bool) -> Int { isTLS ? 443 : 80 }

    /// The path without the slash at its end; empty, or begins with a slash.
    private static func prefix(_ path: Substring) throws(InvalidValue) -> String {
        let trimmed = path.last == "/" ? path.dropLast() : path
        guard !trimmed.isEmpty else { return "" }
        let segments = trimmed.dropFirst().utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            !segment.isEmpty && !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8)
                && segment.allSatisfy { $0.isASCIIAlphanumeric || "-._~".utf8.contains($0) }
        }
        guard trimmed.first == "/", isPlain else {
            throw InvalidValue("has a path, query or fragment that is not a plain prefix such as /langflow")
        }
        return String(trimmed)
    }
}
