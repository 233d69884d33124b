extension Credential {
    /// Finds what a request shows, from the values of all its `X-API-Key` and `Authorization` fields.
    ///
    /// Two of them are unusable even where they are equal: what stands before this server might have judged the other one. The
    /// scheme is `Bearer` in any case (RFC 9110 §11.1), one or more spaces, and visible ASCII.
    package init(apiKeys: [String], authorizations: [String]) {
        switch (apiKeys.count, authorizations.count) {
        case (0, 0): self = .none
        case (1, 0): self = Self.isVisible(apiKeys[0].utf8) ? .apiKey(Secret(apiKeys[0])) : .unusable
        case (0, 1): self = Self.bearer(authorizations[0])
        default: self = .unusable
        }
    }

    private static func bearer(_ value: String) -> Credential {
        let space = UInt8(ascii: " ")
        let scheme = value.utf8.prefix { $0 != space }
        // No other byte than a letter and its capital differ in this bit and become one of these letters.
        guard scheme.count == 6, scheme.map({ $0 | 0x20 }) == Array("bearer".utf8) else { return .unusable }
        let token = value.utf8.dropFirst(6).drop { $0 == space }
        guard Self.isVisible(token) else { return .unusable }
        return .bearer(Secret(String(Substring(token))))
    }

    private static func isVisible(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
