import AmbassadorCore
import NIOCore

/// Under which names a listener may be asked: this host's own ones, and those that an operator lists.
///
/// A page in a browser of this host reaches it under any name that the page's owner has pointed here (DNS rebinding), and says so in
/// `Host`, which no page can choose.
package struct KnownHosts: Sendable, Hashable {
    private static let loopback: [AddressRange] = ["127.0.0.0/8", "::1"].compactMap { try? AddressRange($0) }

    /// In lower case, without ports and brackets; bytes, which decide.
    private let names: Set<[UInt8]>

    private let remedy: String

    /// - Parameters:
    ///   - names: beside `localhost` and loopback addresses: host names, and addresses without brackets.
    ///   - remedy: what a caller is told to do who asks under another name.
    package init(_ names: some Sequence<String>, remedy: String) {
        self.names = Set(names.map { $0.utf8.map(\.asciiLowercase) })
        self.remedy = remedy
    }

    /// Whether the value of a `Host` names this host, or nothing, as HTTP/1.0 may.
    func contains(_ authority: String?) -> Bool {
        guard let authority else { return true }
        let host = Self.host(of: authority.utf8.map(\.asciiLowercase))
        if host.equalsIgnoringCase("localhost") || self.names.contains(Array(host)) { return true }
        guard let address = try? SocketAddress(ipAddress: String(decoding: host, as: UTF8.self), port: 0) else {
            return false
        }
        return Self.loopback.contains { $0.contains(address) }
    }

    /// The host without its port and brackets; the authority was found valid before.
    private static func host(of authority: [UInt8]) -> ArraySlice<UInt8> {
        if authority.first == UInt8(ascii: "["), let end = authority.lastIndex(of: UInt8(ascii: "]")) {
            return authority[1..<end]
        }
        return authority[..<(authority.lastIndex(of: UInt8(ascii: ":")) ?? authority.endIndex)]
    }

    var refusal: Refusal {
        Refusal(.misdirected, "The Host header names another host than this one.", detail: self.remedy)
    }
}
