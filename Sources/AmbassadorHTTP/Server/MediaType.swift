/// What is asked of a `Content-Type` (RFC 9110 §8.3.1).
enum MediaType {
    /// Whether a `Content-Type` is `application/json`, in no other charset than UTF-8.
    ///
    /// Parameters may be empty (RFC 9110 §5.6.6). Others than `charset` mean nothing to JSON (RFC 8259 §11) and are not looked at.
    static func isJSON(_ value: String.UTF8View) -> Bool {
        if value.elementsEqual("application/json".utf8) { return true }
        let parts = value.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let type = parts.first, type.trimmingBlanks.equalsIgnoringCase("application/json") else { return false }
        return parts.dropFirst().allSatisfy { part in
            let parameter = part.trimmingBlanks
            return !parameter.startsIgnoringCase(with: "charset") || Self.namesUTF8(parameter)
        }
    }

    private static func namesUTF8(_ charset: some Collection<UInt8>) -> Bool {
        let spellings: [StaticString] = [
            "charset=utf-8", "charset=\"utf-8\"", "charset=utf8", "charset=\"utf8\"",
        ]
        return spellings.contains { charset.equalsIgnoringCase($0) }
    }
}

/// The check of `host [":" port]` as it may stand in `Host` (RFC 9110 §7.2).
enum Authority {
    /// Whether the bytes are a name, an IPv4 address or an IPv6 address in brackets, with an optional port of 1 to 65535, which may be
    /// empty behind its colon.
    ///
    /// Narrower than RFC 3986 §3.2.2: no percent-encoding and no sub-delimiters, which no host of ours has.
    static func isValid(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        var host = value[...]
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), host.last != UInt8(ascii: "]") {
            let port = host[host.index(after: colon)...]
            guard port.isEmpty || self.isPort(port) else { return false }
            host = host[..<colon]
        }
        guard (1...255).contains(host.count) else { return false }
        if host.first == UInt8(ascii: "[") {
            guard host.last == UInt8(ascii: "]"), host.count > 2 else { return false }
            return host.dropFirst().dropLast().allSatisfy { Self.isAddressByte($0) }
        }
        return host.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
    }

    private static func isPort(_ digits: some Collection<UInt8>) -> Bool {
        guard (1...5).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return false }
        return (1...65_535).contains(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }

    /// An authority without a port that says nothing: an empty one, or the scheme's own (RFC 9110 §4.2.3).
    static func withoutUsualPort<Bytes: BidirectionalCollection<UInt8>>(
        _ value: Bytes,
        _ usual: StaticString
    ) -> Bytes.SubSequence {
        guard let colon = value.lastIndex(of: UInt8(ascii: ":")), value.last != UInt8(ascii: "]") else {
            return value[...]
        }
        let port = value[value.index(after: colon)...]
        return port.isEmpty || port.equalsIgnoringCase(usual) ? value[..<colon] : value[...]
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte.asciiLowercase)
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
