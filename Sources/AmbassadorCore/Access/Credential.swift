/// What a caller shows to say who it is; not yet checked.
package enum Credential: Sendable, Equatable {
    /// Nothing.
    case none
    /// The value of `X-API-Key`.
    case apiKey(Secret)
    /// What follows `Bearer` in `Authorization`: an API key or a JWT.
    case bearer(Secret)
    /// Several at once, or one of a scheme that is not known here.
    case unusable
}
