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
        switch credential {
        case .none: .rejected(.missing)
        case .unusable: .rejected(.malformed)
        case .apiKey: self.keys?.authenticate(credential, at: time) ?? .rejected(.notTaken)
        case .bearer(let secret): self.authenticate(bearer: secret, at: time)
        case .both(let key, let bearer):
            Self.verdict(
                onKey: self.keys?.authenticate(.apiKey(key), at: time) ?? .rejected(.notTaken),
                onBearer: self.authenticate(bearer: bearer, at: time)
            )
        }
    }

    private func authenticate(bearer: Secret, at time: Timestamp) -> Authentication {
        let judge = APIKey.looksLikeOne(bearer) ? self.keys : self.tokens
        return judge?.authenticate(.bearer(bearer), at: time) ?? .rejected(.notTaken)
    }

    /// The verdict on a request that shows two credentials, of which one may be meant for somebody else, such as LangFlow or a proxy.
    ///
    /// The key decides where it is valid, and the bearer where it is not. Two that are valid for different callers are none: what
    /// stands before this server may have judged the other one.
    private static func verdict(onKey key: Authentication, onBearer bearer: Authentication) -> Authentication {
        switch (key, bearer) {
        case (_, .pending(let wait)):
            .pending { Self.verdict(onKey: key, onBearer: await wait()) }
        case (_, .laborious(let work)):
            .laborious { Self.verdict(onKey: key, onBearer: work()) }
        case (.pending(let wait), _):
            .pending { Self.verdict(onKey: await wait(), onBearer: bearer) }
        case (.laborious(let work), _):
            .laborious { Self.verdict(onKey: work(), onBearer: bearer) }
        case (.accepted(let caller), .accepted(let other)):
            caller.principal == other.principal && caller.tenant == other.tenant ? key : .rejected(.ambiguous)
        case (.accepted, .rejected):
            key
        case (_, .accepted):
            bearer
        case (.rejected(let rejection), .rejected(let other)):
            // What may be good once the issuer's keys are there is not bad, and a key that is not taken says nothing.
            rejection.fault == .notTaken || !other.fault.isCallers ? bearer : key
        }
    }
}
