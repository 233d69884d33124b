/// What a caller shows to say who it is; not yet checked.
package enum Credential: Sendable, Equatable {
    /// Nothing.
    case none
    /// The value of `X-API-Key`.
    case apiKey(Secret)
    /// What follows `Bearer` in `Authorization`: an API key or a JWT.
    case bearer(Secret)
    /// Both at once: one of them may be meant for somebody else, and there is one caller or none.
    case both(apiKey: Secret, bearer: Secret)
    /// Neither can be read: another scheme, or bytes that no credential has.
    case unusable
}
