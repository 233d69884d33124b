extension Credential {
    /// Finds what a request shows, from the values of all its `X-API-Key` and `Authorization` fields.
    ///
    /// Two of one name are unusable even where they are equal: what stands before this server might have judged the other one. One of
    /// each name are two credentials, of which one that cannot be read says nothing. The scheme is `Bearer` in any case (RFC 9110
    /// §11.1), one or more spaces, and visible ASCII.
    package init(apiKeys: [String], authorizations: [String]) {
        guard apiKeys.count < 2, authorizations.count < 2 else {
            self = .unusable
            return
        }
        switch (apiKeys.first.map(Self.apiKey), authorizations.first.map(Self.bearer)) {
        case (nil, nil): self = .none
        case (let only?, nil), (nil, let only?): self = only
        case (.apiKey(let key)?, .bearer(let bearer)?): self = .both(apiKey: key, bearer: bearer)
        case (.apiKey(let key)?, _?): self = .apiKey(key)
        case (_?, let bearer?): self = bearer
        }
    }

    private static func apiKey(_ value: String) -> Credential {
        Self.isVisible(value.utf8) ? .apiKey(Secret(value)) : .unusable
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
