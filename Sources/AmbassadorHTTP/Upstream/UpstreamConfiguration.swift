package import NIOCore

/// Where LangFlow is, and how it is called.
package struct UpstreamConfiguration: Sendable {
    package let url: UpstreamURL
    /// Sent as `x-api-key`; `nil` sends none.
    package var apiKey: String?
    package var connectTimeout: TimeAmount = .seconds(2)
    /// Below the 5 s after which LangFlow's server closes an idle connection.
    package var idleTimeout: TimeAmount = .seconds(4)
    /// Most bytes of an answer's body.
    package var answerBytesMax = 16 * 1024 * 1024
    /// Most connections to LangFlow; calls beyond them wait within their own timeout.
    package var connectionsMax = 64

    /// - Throws: Where the key could not stand in a header: it is 1 to 4,096 bytes of visible ASCII.
    package init(url: UpstreamURL, apiKey: String? = nil) throws(UpstreamConfigurationError) {
        if let apiKey {
            guard (1...4096).contains(apiKey.utf8.count), apiKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .invalidAPIKey
            }
        }
        self.url = url
        self.apiKey = apiKey
    }
}

/// Why an upstream cannot be configured so; says nothing of the key.
package enum UpstreamConfigurationError: Error, Hashable, CustomStringConvertible {
    case invalidURL(String)
    case invalidAPIKey

    package var description: String {
        switch self {
        case .invalidURL(let reason): "the upstream's URL \(reason)"
        case .invalidAPIKey: "the upstream's API key has other bytes than visible ASCII"
        }
    }
}

/// LangFlow's base address: `http[s]://host[:port][/prefix]` and nothing else.
package struct UpstreamURL: Sendable, Hashable, CustomStringConvertible {
    /// The address without a trailing slash.
    package let description: String

    /// Checks an address byte by byte; what is accepted is used as it stands.
    ///
    /// - Throws: `invalidURL` with what is wrong, which repeats nothing of the address: it might hold a password.
    package init(_ text: String) throws(UpstreamConfigurationError) {
        let schemes: [String] = ["http://", "https://"]
        guard let scheme = schemes.first(where: { text.utf8.starts(with: $0.utf8) }) else {
            throw .invalidURL("must begin with http:// or https://")
        }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard !authority.contains(UInt8(ascii: "@")) else { throw .invalidURL("must not hold a user or password") }
        guard Authority.isValid(authority) else { throw .invalidURL("has no valid host and port") }
        var path = rest.dropFirst(authority.count)
        guard path.allSatisfy(Self.isPathByte) else {
            throw .invalidURL("must end with its path: no query, no fragment, no percent-encoding")
        }
        while path.last == UInt8(ascii: "/") { path = path.dropLast() }
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard
            path.isEmpty
                || segments.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) })
        else { throw .invalidURL("has an empty or a dot segment in its path") }
        self.description = scheme + (String(authority) ?? "") + (String(path) ?? "")
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"): true
        default: byte.isASCIIAlphanumeric
        }
    }
}
