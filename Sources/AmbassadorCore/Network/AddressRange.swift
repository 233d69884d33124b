package import NIOCore

/// A range of IP addresses, as in `10.0.0.0/8` or `fd00::/8`; an address alone is a range of one.
///
/// IPv4 addresses that are mapped into IPv6 (RFC 4291 §2.5.5.2), as a socket for both families reports them, count as the IPv4
/// addresses that they are.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The network's address: four bytes or sixteen, zero behind the prefix.
    private let network: [UInt8]
    private let prefixBits: Int

    /// Reads an address with a prefix length behind a slash, or without one.
    ///
    /// - Throws: `InvalidValue` for what is not an address, for a prefix that is longer than the address, and where bits are set behind
    ///   the prefix: such a range says something else than its author means.
    package init(_ text: String) throws(InvalidValue) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        // `%` would start a zone, which means another interface on each host.
        guard let address = parts.first, !address.contains(UInt8(ascii: "%")),
            let parsed = try? SocketAddress(ipAddress: String(Substring(address)), port: 0),
            let written = Self.bytes(of: parsed)
        else { throw InvalidValue("is no IP address, with or without a prefix length; write 10.0.0.0/8 or fd00::/8") }
        let bitCount = written.count * 8
        var prefixBits = bitCount
        if parts.count == 2 { prefixBits = try Self.prefixBits(parts[1], max: bitCount) }
        guard Self.isZero(written, behind: prefixBits) else {
            throw InvalidValue("has bits set behind its prefix of \(prefixBits) bits")
        }
        let network = Self.unmapped(written)
        self.network = network
        // The bits of the mapping are set, so the prefix is not shorter than it.
        self.prefixBits = prefixBits - (written.count - network.count) * 8
    }

    /// Whether the address is one of the range; those of Unix sockets never are.
    package func contains(_ address: SocketAddress) -> Bool {
        guard let bytes = Self.bytes(of: address).map(Self.unmapped), bytes.count == self.network.count else {
            return false
        }
        let wholeBytes = self.prefixBits / 8
        guard bytes.prefix(wholeBytes).elementsEqual(self.network.prefix(wholeBytes)) else { return false }
        let bitsLeft = self.prefixBits % 8
        guard bitsLeft > 0 else { return true }
        return bytes[wholeBytes] >> (8 - bitsLeft) == self.network[wholeBytes] >> (8 - bitsLeft)
    }

    package var description: String {
        // Four or sixteen bytes are an address, always.
        let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: self.network), port: 0)
        return "\(address?.ipAddress ?? "?")/\(self.prefixBits)"
    }

    private static func prefixBits(_ text: Substring.UTF8View.SubSequence, max: Int) throws(InvalidValue) -> Int {
        let isNumber =
            (1...3).contains(text.count) && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text.count == 1 || text.first != UInt8(ascii: "0"))
        guard isNumber, let bits = Int(Substring(text)), bits <= max else {
            throw InvalidValue("has no prefix length between 0 and \(max)")
        }
        return bits
    }

    private static func isZero(_ bytes: [UInt8], behind bits: Int) -> Bool {
        bytes.enumerated().allSatisfy { position, byte in
            let kept = min(max(bits - position * 8, 0), 8)
            return kept == 8 || byte << kept == 0
        }
    }

    private static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        let mapping = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.count == 16 && bytes.starts(with: mapping) ? Array(bytes.dropFirst(mapping.count)) : bytes
    }

    /// The address in network order; `nil` for a Unix socket's.
    private static func bytes(of address: SocketAddress) -> [UInt8]? {
        // Where the address stands in `sockaddr_in` and in `sockaddr_in6`.
        let place: Range<Int>
        switch address {
        case .v4: place = 4..<8
        case .v6: place = 8..<24
        case .unixDomainSocket: return nil
        }
        return address.withSockAddr { pointer, size in
            place.upperBound <= size ? Array(UnsafeRawBufferPointer(start: pointer, count: size)[place]) : nil
        }
    }
}
