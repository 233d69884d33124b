package import AmbassadorCore

/// Gives each kind of credential to the one who can judge it: API keys and tokens.
package struct CombinedAuthenticator: Authenticator {
    private let keys: (any Authenticator)?
    private let tokens: (any Authenticator)?

    /// - Parameters:
    ///   - keys: judges `X-API-Key` and bearers that look like API keys; `nil` where keys are not accepted.
    ///   - tokens: judges every other bearer; `nil` where tokens are not accepted.
    package init(keys: (any Authenticator)?, tokens: (any Authenticator)?) {
        self.keys = keys
        self.tokens = tokens
    }

    /// Each part's only grows, so their sum changes with either.
    package var epoch: UInt64 { (self.keys?.epoch ?? 0) &+ (self.tokens?.epoch ?? 0) }

    package func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
        let judge: (any Authenticator)?
        switch credential {
        case .none: return .rejected(.missing)
        case .unusable: return .rejected(.malformed)
        case .apiKey: judge = self.keys
        case .bearer(let secret): judge = APIKey.looksLikeOne(secret) ? self.keys : self.tokens
        }
        return judge?.authenticate(credential, at: time) ?? .rejected(.malformed)
    }
}
