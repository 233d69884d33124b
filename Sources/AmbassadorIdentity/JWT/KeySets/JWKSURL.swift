package import AmbassadorCore
import NIOCore

/// Where an issuer publishes its keys: `https://host[:port]/path[?query]`, or `http://` on this host alone.
package struct JWKSURL: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    /// The same in its parts.
    package let document: DocumentURL

    private static let bytesMax = 2048

    /// Checks an address byte by byte; it is rebuilt from its parts, so that nothing else can be in it.
    package init(_ text: String) throws(InvalidValue) {
        let isTLS = text.utf8.starts(with: "https://".utf8)
        guard isTLS || text.utf8.starts(with: "http://".utf8) else {
            throw InvalidValue("is not a URL that begins with https://")
        }
        guard text.utf8.count <= Self.bytesMax else { throw InvalidValue("is longer than \(Self.bytesMax) bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("has a space, control or non-ASCII character")
        }
        let rest = text.dropFirst(isTLS ? 8 : 7)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw InvalidValue("carries a user or password") }
        let place = try HostAndPort(ofURL: authority, defaultPort: isTLS ? 443 : 80)
        guard isTLS || Self.isLoopback(place.host) else {
            throw InvalidValue("is not https, so that anyone on the way could send keys of their own")
        }
        let target = rest.dropFirst(authority.count)
        guard Self.isTarget(target) else { throw InvalidValue("has a path or query that is not one of a URL") }
        let path = (target.first == "/" ? "" : "/") + target
        self.description = (isTLS ? "https://" : "http://") + place.description + path
        self.document = DocumentURL(isTLS: isTLS, place: place, target: path)
    }

    /// The characters of a path and query (RFC 3986 §3.3 and §3.4); a fragment is none.
    private static func isTarget(_ target: Substring) -> Bool {
        let bytes = Array(target.utf8)
        return bytes.indices.allSatisfy { index in
            switch bytes[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "%"):
                index + 2 < bytes.count
                    && bytes[index + 1...index + 2].allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
            default: "/?-._~!$&'()*+,;=:@".utf8.contains(bytes[index])
            }
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" { return true }
        // A name is no address, and is not this host's.
        guard let address = (try? SocketAddress(ipAddress: host, port: 0))?.ipAddress else { return false }
        return address == "::1" || address.hasPrefix("127.")
    }
}
